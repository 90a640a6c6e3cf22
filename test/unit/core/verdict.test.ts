import { describe, expect, it } from '@jest/globals';
import type { HttpAnswer, Side } from '../../../functions/core/answer.ts';
import { type Operation, verdictOfAnswer, verdictOfBreakage } from '../../../functions/core/verdict.ts';

type Case = [Side, Operation, HttpAnswer, string];

function orthanc(status: number, orthancStatus?: number): HttpAnswer {
  return { status, orthanc: true, ...(orthancStatus !== undefined && { orthancStatus }) };
}

function gateway(status: number): HttpAnswer {
  return { status, orthanc: false };
}

const CASES: readonly Case[] = [
  ['target', 'store', orthanc(400, 15), 'permanent TARGET_REFUSED'],
  ['target', 'store', orthanc(404, 21), 'permanent TARGET_MISSING_UID'],
  ['target', 'store', orthanc(413), 'permanent TARGET_TOO_LARGE'],
  ['target', 'store', orthanc(405), 'wait READ_ONLY'],
  ['target', 'store', orthanc(409, 46), 'retry TARGET_ERROR'],
  ['target', 'store', orthanc(500, 1), 'retry TARGET_ERROR'],
  ['target', 'store', orthanc(503, 42), 'retry TARGET_ERROR'],
  ['target', 'store', orthanc(507, 19), 'wait FULL'],
  ['target', 'store', orthanc(500, 19), 'wait FULL'],
  ['target', 'store', orthanc(500, 14), 'wait FULL'],
  ['target', 'store', orthanc(500, 1009), 'wait FULL'],
  ['target', 'store', orthanc(404, 17), 'wait NOT_ORTHANC'],
  ['target', 'store', gateway(413), 'wait NOT_ORTHANC'],
  ['target', 'store', gateway(404), 'wait NOT_ORTHANC'],
  ['target', 'store', gateway(502), 'wait NOT_ORTHANC'],
  ['target', 'store', gateway(200), 'wait NOT_ORTHANC'],
  ['target', 'store', gateway(401), 'wait UNAUTHORIZED'],
  ['source', 'file', orthanc(401), 'wait UNAUTHORIZED'],
  ['source', 'file', orthanc(403), 'wait UNAUTHORIZED'],
  ['source', 'file', orthanc(404, 17), 'source-gone SOURCE_GONE'],
  ['source', 'file', orthanc(400, 3), 'permanent SOURCE_DAMAGED'],
  ['source', 'file', orthanc(500, 20), 'permanent SOURCE_DAMAGED'],
  ['source', 'file', orthanc(500, 2006), 'permanent SOURCE_FILE_MISSING'],
  ['source', 'file', orthanc(500, 1), 'retry SOURCE_ERROR'],
  ['source', 'file', gateway(404), 'wait NOT_ORTHANC'],
  ['source', 'read', orthanc(429), 'retry SOURCE_ERROR'],
];

describe('verdicts', () => {
  it.each(CASES)('%s %s %o is %s', (side, operation, answer, expected) => {
    const verdict = verdictOfAnswer(side, operation, answer);
    expect(`${verdict.retryClass} ${verdict.gate ?? verdict.outcome}`).toBe(expected);
  });

  it('waits for an endpoint that cannot be reached, and retries a connection that broke', () => {
    const breakage = { requestSent: true, detail: '' };
    expect(verdictOfBreakage('target', { ...breakage, cause: 'refused' }).gate).toBe('UNREACHABLE');
    expect(verdictOfBreakage('target', { ...breakage, cause: 'dns' }).retryClass).toBe('wait');
    expect(verdictOfBreakage('source', { ...breakage, cause: 'reset' })).toEqual({
      retryClass: 'retry',
      outcome: 'SOURCE_ERROR',
    });
  });
});
