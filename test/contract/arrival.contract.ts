import { describe, expect, test } from '@jest/globals';
import type { Arrival, JobStore } from '../../functions/core/ports.ts';
import { jobId } from './samples.ts';

const uploads = (n: number): Arrival => ({ kind: 'uploads', object: `jobs/job-1/uploads/${n}.ndjson`, at: 1000 + n });

/** What every job store does with the log of uploads. */
export function arrivalContract(current: () => JobStore): void {
  describe('log of uploads', () => {
    test('it is empty at first', async () => {
      expect(await current().arrivals(jobId(), 0, 10)).toEqual([]);
    });

    test('an entry is written once', async () => {
      expect(await current().appendArrival(jobId(), 0, uploads(0))).toBe(true);
      expect(await current().appendArrival(jobId(), 0, uploads(1))).toBe(false);
      expect(await current().appendArrival(jobId(), 0, { kind: 'end', at: 5 })).toBe(false);
      expect(await current().arrivals(jobId(), 0, 10)).toEqual([uploads(0)]);
    });

    test('the end is an entry, too', async () => {
      await current().appendArrival(jobId(), 0, uploads(0));
      expect(await current().appendArrival(jobId(), 1, { kind: 'end', at: 9 })).toBe(true);
      expect(await current().appendArrival(jobId(), 1, uploads(1))).toBe(false);
      expect(await current().arrivals(jobId(), 0, 10)).toEqual([uploads(0), { kind: 'end', at: 9 }]);
    });

    test('entries come in numerical order, from a number on, so many at most', async () => {
      for (const n of [10, 2, 0, 9, 1, 100]) await current().appendArrival(jobId(), n, uploads(n));
      expect(await current().arrivals(jobId(), 0, 100)).toEqual([0, 1, 2, 9, 10, 100].map(uploads));
      expect(await current().arrivals(jobId(), 2, 2)).toEqual([2, 9].map(uploads));
      expect(await current().arrivals(jobId(), 11, 5)).toEqual([uploads(100)]);
      expect(await current().arrivals(jobId(), 101, 5)).toEqual([]);
    });

    test('each job has its own', async () => {
      await current().appendArrival(jobId(), 0, uploads(0));
      expect(await current().appendArrival(jobId('job-10'), 0, uploads(7))).toBe(true);
      expect(await current().arrivals(jobId(), 0, 10)).toEqual([uploads(0)]);
      expect(await current().arrivals(jobId('job-10'), 0, 10)).toEqual([uploads(7)]);
    });

    test('of simultaneous writers of one number one wins', async () => {
      const writers = [1, 2, 3, 4].map((n) => current().appendArrival(jobId(), 0, uploads(n)));
      const won = await Promise.all(writers);
      expect(won.filter(Boolean)).toHaveLength(1);
      expect(await current().arrivals(jobId(), 0, 10)).toEqual([uploads(won.indexOf(true) + 1)]);
    });
  });
}
