import { expect } from '@jest/globals';
import type { EndEvent } from './command-line.ts';
import { checkEvidence, compareServers, type EvidenceReport, type ServerAddress } from './independent.ts';

/** Asserts that the evidence of a job agrees with itself and with what the command said at its end. */
export async function expectSoundEvidence(end: EndEvent): Promise<EvidenceReport> {
  const evidence = await checkEvidence(end.evidence);
  const { success = 0, warning = 0, failure = 0, skipped = 0 } = evidence.byOutcome;
  expect(evidence.problems).toEqual([]);
  expect(evidence.manifest).toMatchObject({ jobId: end.job, scanned: end.scanned, counts: end.counts });
  expect(success + warning + failure + skipped).toBe(end.scanned);
  expect(end.counts).toMatchObject({ success, warning, failure, skipped, unsettled: 0 });
  return evidence;
}

/** Asserts that two servers hold the same so many instances, with the same size and MD5. */
export async function expectSameServers(
  source: ServerAddress,
  target: ServerAddress,
  instances: number,
): Promise<void> {
  expect(await compareServers(source, target)).toEqual({
    source: instances,
    target: instances,
    equal: instances,
    missing: [],
    different: [],
    extra: [],
    contained: true,
  });
}
