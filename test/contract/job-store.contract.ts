import { beforeEach, describe, expect, test } from '@jest/globals';
import { NO_COUNTS } from '../../functions/core/counts.ts';
import type { JobStore } from '../../functions/core/ports.ts';
import { arrivalContract } from './arrival.contract.ts';
import { chunkContract } from './chunk.contract.ts';
import { claimContract } from './claim.contract.ts';
import { fileContract } from './file.contract.ts';
import { leaseHolderContract } from './lease-holder.contract.ts';
import { redriveContract } from './redrive.contract.ts';
import { checkpoint, finding, instance, job, jobId, page, row, SOURCE, TARGET } from './samples.ts';

/** What every job store does. `makeStore` gives an empty one. */
export function jobStoreContract(name: string, makeStore: () => JobStore | Promise<JobStore>): void {
  describe(`${name}: job store`, () => {
    let store: JobStore;
    beforeEach(async () => {
      store = await makeStore();
    });

    test('a job is created once', async () => {
      expect(await store.job(jobId())).toBeUndefined();
      expect(await store.createJob(job())).toBe(true);
      expect(await store.createJob(job({ kind: 'verify' }))).toBe(false);
      expect(await store.job(jobId())).toEqual(job());
    });

    test('a job is changed by compare-and-set', async () => {
      await store.createJob(job({ revision: 1 }));
      expect(await store.updateJob(job({ revision: 1, state: 'running' }))).toBe(true);
      expect(await store.updateJob(job({ revision: 1, state: 'cancelled' }))).toBe(false);
      expect(await store.job(jobId())).toEqual(job({ revision: 2, state: 'running' }));
      expect(await store.updateJob(job({ revision: 3 }))).toBe(false);
      expect(await store.updateJob(job({ id: jobId('unknown') }))).toBe(false);
    });

    test('of writers with the same revision one wins', async () => {
      await store.createJob(job());
      const results = await Promise.all([1, 2, 3, 4].map((n) => store.updateJob(job({ round: n }))));
      expect(results.filter(Boolean)).toHaveLength(1);
      expect((await store.job(jobId()))?.round).toBe(results.indexOf(true) + 1);
    });

    test('jobs are listed newest first', async () => {
      for (const [id, createdAt] of Object.entries({ b: 2, c: 3, a: 1 }))
        await store.createJob(job({ id: jobId(id), createdAt }));
      await store.updateJob(job({ id: jobId('b'), createdAt: 2, state: 'running' }));
      const jobs = await store.jobs();
      expect(jobs.map((each) => [each.id, each.state])).toEqual([
        ['c', 'requested'],
        ['b', 'running'],
        ['a', 'requested'],
      ]);
    });

    test('open are the jobs that run, and those whose end is untold', async () => {
      for (const [id, createdAt] of Object.entries({ running: 2, requested: 3, ended: 1, told: 4, cancelled: 5 }))
        await store.createJob(job({ id: jobId(id), createdAt }));
      await store.updateJob(job({ id: jobId('running'), createdAt: 2, state: 'running' }));
      await store.updateJob(job({ id: jobId('ended'), createdAt: 1, state: 'completed', endedAt: 7 }));
      const told = job({ id: jobId('told'), createdAt: 4, state: 'failed', endedAt: 7, published: 'failed 7' });
      await store.updateJob(told);
      await store.updateJob(job({ id: jobId('cancelled'), createdAt: 5, state: 'cancelled', endedAt: 7 }));
      const ids = async () => (await store.openJobs()).map(({ id }) => id);
      expect(await ids()).toEqual(['requested', 'running', 'ended']);
      await store.updateJob({ ...told, revision: told.revision + 1, state: 'running' });
      expect(await ids()).toEqual(['told', 'requested', 'running', 'ended']);
    });

    test('a checkpoint is one per job and round, changed by compare-and-set', async () => {
      expect(await store.checkpoint(jobId(), 1)).toBeUndefined();
      expect(await store.createCheckpoint(checkpoint())).toBe(true);
      expect(await store.createCheckpoint(checkpoint({ nextPage: 9 }))).toBe(false);
      expect(await store.createCheckpoint(checkpoint({ round: 2 }))).toBe(true);
      expect(await store.updateCheckpoint(checkpoint({ nextPage: 1 }))).toBe(true);
      expect(await store.updateCheckpoint(checkpoint({ nextPage: 2 }))).toBe(false);
      expect(await store.checkpoint(jobId(), 1)).toEqual(checkpoint({ revision: 2, nextPage: 1 }));
      expect(await store.checkpoint(jobId(), 2)).toEqual(checkpoint({ round: 2 }));
    });

    test('a page is put once, and what is stored is returned', async () => {
      expect(await store.putPage(page())).toEqual(page());
      expect(await store.putPage(page({ object: 'other' }))).toEqual(page());
      expect(await store.page(jobId(), 1, 0)).toEqual(page());
      expect(await store.page(jobId(), 2, 0)).toBeUndefined();
    });

    test('pages come in numerical order, of one round alone', async () => {
      for (const n of [10, 2, 0, 9, 1]) await store.putPage(page({ page: n }));
      await store.putPage(page({ round: 2, page: 3 }));
      await store.putPage(page({ job: jobId('job-10'), page: 3 }));
      const numbers = async (from: number, limit: number) =>
        (await store.pages(jobId(), 1, from, limit)).map((each) => each.page);
      expect(await numbers(0, 100)).toEqual([0, 1, 2, 9, 10]);
      expect(await numbers(2, 2)).toEqual([2, 9]);
      expect(await numbers(11, 5)).toEqual([]);
    });

    test('a page is harvested once', async () => {
      await store.putPage(page());
      expect(await store.markHarvested(jobId(), 1, 0)).toBe(true);
      expect(await store.markHarvested(jobId(), 1, 0)).toBe(false);
      expect(await store.markHarvested(jobId(), 1, 5)).toBe(false);
      expect(await store.page(jobId(), 1, 0)).toEqual(page({ harvested: true }));
    });

    test('a finding yields only to that of a later round', async () => {
      expect(await store.putFinding(finding(1, 2))).toBe(true);
      const other = { row: row(instance(1), { code: 'TARGET_ERROR' }) };
      expect(await store.putFinding(finding(1, 2, other))).toBe(false);
      expect(await store.putFinding(finding(1, 1, other))).toBe(false);
      expect(await store.finding(jobId(), instance(1))).toEqual(finding(1, 2));
      expect(await store.putFinding(finding(1, 3, other))).toBe(true);
      expect(await store.finding(jobId(), instance(1))).toEqual(finding(1, 3, other));
      expect(await store.finding(jobId(), instance(2))).toBeUndefined();
    });

    test('findings are paged in the order of their instances', async () => {
      for (const n of [30, 10, 40, 20]) await store.putFinding(finding(n));
      await store.putFinding(finding(15, 1, { job: jobId('job-2') }));
      const ids = async (after: number | undefined, limit: number) =>
        (await store.findings(jobId(), after === undefined ? undefined : instance(after), limit)).map(
          (each) => each.item,
        );
      expect(await ids(undefined, 3)).toEqual([10, 20, 30].map(instance));
      expect(await ids(30, 3)).toEqual([instance(40)]);
      expect(await ids(40, 3)).toEqual([]);
    });

    test('a finding is reopened in its own round, and closed again by a later one', async () => {
      await store.putFinding(finding(1, 2));
      expect(await store.reopenFinding(jobId(), instance(1), 1)).toBe(false);
      expect(await store.reopenFinding(jobId(), instance(9), 2)).toBe(false);
      expect(await store.reopenFinding(jobId(), instance(1), 2)).toBe(true);
      expect(await store.finding(jobId(), instance(1))).toEqual(finding(1, 2, { reopened: true }));
      await store.putFinding(finding(1, 3));
      expect((await store.finding(jobId(), instance(1)))?.reopened).toBe(false);
    });

    test('a gate that nobody touched is open', async () => {
      expect(await store.gate(SOURCE)).toEqual({ endpoint: SOURCE, revision: 0, state: 'open', probes: 0 });
    });

    test('gates and limits change by compare-and-set, from revision 0 on', async () => {
      const closed = { endpoint: SOURCE, revision: 0, state: 'closed', code: 'FULL', probes: 1 } as const;
      expect(await store.updateGate({ ...closed, revision: 1 })).toBe(false);
      expect(await store.updateGate(closed)).toBe(true);
      expect(await store.updateGate(closed)).toBe(false);
      expect(await store.gate(SOURCE)).toEqual({ ...closed, revision: 1 });
      expect((await store.gate(TARGET)).revision).toBe(0);

      const limits = { endpoint: SOURCE, revision: 0, transfers: 4, inflightBytes: 1000 };
      expect(await store.limits(SOURCE)).toBeUndefined();
      expect(await store.updateLimits(limits)).toBe(true);
      expect(await store.updateLimits(limits)).toBe(false);
      expect(await store.updateLimits({ ...limits, revision: 1, transfers: 8 })).toBe(true);
      expect(await store.limits(SOURCE)).toEqual({ ...limits, revision: 2, transfers: 8 });
    });

    test('a lease excludes others until it expires', async () => {
      expect(await store.takeLease('x', 'a', 1000, 500)).toBe(true);
      expect(await store.takeLease('x', 'b', 1499, 500)).toBe(false);
      expect(await store.takeLease('y', 'b', 1499, 500)).toBe(true);
      expect(await store.takeLease('x', 'b', 1500, 500)).toBe(true);
      expect(await store.takeLease('x', 'a', 1501, 500)).toBe(false);
    });

    test('a lease is renewed and released by its holder alone', async () => {
      await store.takeLease('x', 'a', 1000, 500);
      expect(await store.takeLease('x', 'a', 1400, 500)).toBe(true);
      expect(await store.takeLease('x', 'b', 1600, 500)).toBe(false);
      await store.releaseLease('x', 'b');
      expect(await store.takeLease('x', 'b', 1600, 500)).toBe(false);
      await store.releaseLease('x', 'a');
      expect(await store.takeLease('x', 'b', 1600, 500)).toBe(true);
    });

    test('counts and optional fields survive storing', async () => {
      const full = job({ settled: { ...NO_COUNTS, success: 3 }, endedAt: 7, reason: { code: 'X', message: 'ü "q"' } });
      await store.createJob(full);
      expect(await store.job(jobId())).toEqual(full);
    });

    fileContract(() => store);
    claimContract(() => store);
    chunkContract(() => store);
    redriveContract(() => store);
    arrivalContract(() => store);
    leaseHolderContract(() => store);
  });
}
