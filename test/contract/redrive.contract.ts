import { describe, expect, test } from '@jest/globals';
import type { JobStore } from '../../functions/core/ports.ts';
import { finding, instance, jobId } from './samples.ts';

/** What every job store does with findings whose message came back from the dead-letter queue. */
export function redriveContract(current: () => JobStore): void {
  describe('redriven findings', () => {
    test('a finding is redriven in its own round alone', async () => {
      await current().putFinding(finding(1, 2));
      expect(await current().redriveFinding(jobId(), instance(1), 1)).toBe(false);
      expect(await current().redriveFinding(jobId(), instance(1), 3)).toBe(false);
      expect(await current().redriveFinding(jobId(), instance(9), 2)).toBe(false);
      expect(await current().redriveFinding(jobId('job-2'), instance(1), 2)).toBe(false);
      expect(await current().finding(jobId(), instance(1))).toEqual(finding(1, 2));
      expect(await current().redriveFinding(jobId(), instance(1), 2)).toBe(true);
      expect(await current().finding(jobId(), instance(1))).toEqual(finding(1, 2, { redriven: true }));
      expect(await current().findings(jobId(), undefined, 10)).toEqual([finding(1, 2, { redriven: true })]);
    });

    test('a finding may be redriven again', async () => {
      await current().putFinding(finding(1));
      expect(await current().redriveFinding(jobId(), instance(1), 1)).toBe(true);
      expect(await current().redriveFinding(jobId(), instance(1), 1)).toBe(true);
    });

    test('one that is reopened is not redriven', async () => {
      await current().putFinding(finding(1));
      await current().reopenFinding(jobId(), instance(1), 1);
      expect(await current().redriveFinding(jobId(), instance(1), 1)).toBe(false);
      expect(await current().finding(jobId(), instance(1))).toEqual(finding(1, 1, { reopened: true }));
    });

    test('one that is redriven is reopened', async () => {
      await current().putFinding(finding(1));
      await current().redriveFinding(jobId(), instance(1), 1);
      expect(await current().reopenFinding(jobId(), instance(1), 1)).toBe(true);
      expect((await current().finding(jobId(), instance(1)))?.reopened).toBe(true);
    });

    test('that of a later round was not redriven yet', async () => {
      await current().putFinding(finding(1));
      await current().redriveFinding(jobId(), instance(1), 1);
      await current().putFinding(finding(1, 1));
      expect((await current().finding(jobId(), instance(1)))?.redriven).toBe(true);
      await current().putFinding(finding(1, 2));
      expect(await current().finding(jobId(), instance(1))).toEqual(finding(1, 2));
    });
  });
}
