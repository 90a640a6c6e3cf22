import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { checkEvidence } from '../../support/independent.ts';

let job: string;

beforeEach(async () => {
  job = await mkdtemp(join(tmpdir(), 'om-evidence-'));
});
afterEach(() => rm(job, { recursive: true }));

async function shard(outcome: string, rows: readonly object[]): Promise<object> {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const path = `${outcome.toUpperCase()}/00001.ndjson`;
  await mkdir(join(job, outcome.toUpperCase()), { recursive: true });
  await writeFile(join(job, path), text);
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { path, rows: rows.length, bytes: Buffer.byteLength(text), sha256, outcome };
}

const row = (instance: string, outcome: string, code: string) => ({ v: 1, instance, outcome, code });

test('recounts sound evidence', async () => {
  const shards = [
    await shard('success', [row('a', 'success', 'STORED'), row('b', 'success', 'ALREADY_PRESENT')]),
    await shard('failure', [row('c', 'failure', 'SOURCE_DAMAGED')]),
  ];
  await writeFile(join(job, 'manifest.json'), JSON.stringify({ shards }));
  const report = await checkEvidence(job);
  expect(report.problems).toEqual([]);
  expect(report.byOutcome).toEqual({ success: 2, failure: 1 });
  expect(report.byCode).toEqual({ STORED: 1, ALREADY_PRESENT: 1, SOURCE_DAMAGED: 1 });
});

test('notices changed rows, wrong counts and repeated instances', async () => {
  const success = await shard('success', [row('a', 'success', 'STORED'), row('a', 'failure', 'CONFLICT')]);
  await writeFile(join(job, 'manifest.json'), JSON.stringify({ shards: [{ ...success, rows: 3, sha256: '0' }] }));
  const { problems } = await checkEvidence(job);
  expect(problems.join('\n')).toMatch(/number of rows is 2.*SHA-256.*are not success.*repeat an instance/s);
});
