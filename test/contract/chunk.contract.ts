import { describe, expect, test } from '@jest/globals';
import { NO_COUNTS } from '../../functions/core/counts.ts';
import type { ChunkChange, JobStore } from '../../functions/core/ports.ts';
import { chunk, instance, jobId, page } from './samples.ts';

const REF = { job: jobId(), round: 1, page: 0, chunk: 1 };
const CLOSURE = { receipt: 'jobs/job-1/receipts/r1', counts: { ...NO_COUNTS, success: 2 } };

/** What every job store does with the chunks of a page. */
export function chunkContract(current: () => JobStore): void {
  describe('chunks', () => {
    test('a change touches one chunk and returns the page as stored then', async () => {
      await current().putPage(page());
      const changed = await current().changeChunk(REF, { kind: 'started', at: 50 });
      const [first, , third] = page().chunks;
      expect(changed?.chunks).toEqual([first, chunk({ offset: 100, started: 1, touchedAt: 50 }), third]);
      expect(await current().page(jobId(), 1, 0)).toEqual(changed);
    });

    test('changes add up', async () => {
      await current().putPage(page());
      const id = instance(7);
      const changes: ChunkChange[] = [
        { kind: 'queued', at: 1 },
        { kind: 'started', at: 2 },
        { kind: 'suspect', id, died: false },
        { kind: 'suspect', id, died: true },
        { kind: 'returned', at: 3, crashed: true },
        { kind: 'condemned', id },
      ];
      for (const change of changes) await current().changeChunk(REF, change);
      expect((await current().page(jobId(), 1, 0))?.chunks[1]).toEqual(
        chunk({ offset: 100, queuedAt: 1, touchedAt: 3, started: 1, returned: 1, crashes: 1, condemned: [id] }),
      );
    });

    test('a suspect is named and cleared', async () => {
      await current().putPage(page());
      const named = await current().changeChunk(REF, { kind: 'suspect', id: instance(7), died: true });
      expect(named?.chunks[1]?.suspect).toEqual({ id: instance(7), times: 1 });
      const cleared = await current().changeChunk(REF, { kind: 'suspect', id: undefined, died: false });
      expect(cleared?.chunks[1]).toEqual(chunk({ offset: 100 }));
    });

    test('simultaneous changes are all counted', async () => {
      await current().putPage(page());
      await Promise.all([1, 2, 3, 4, 5].map((at) => current().changeChunk(REF, { kind: 'started', at })));
      expect((await current().page(jobId(), 1, 0))?.chunks[1]?.started).toBe(5);
    });

    test('a chunk is closed once', async () => {
      await current().putPage(page());
      const closures = [1, 2, 3, 4].map((n) => ({ ...CLOSURE, receipt: `r${n}` }));
      const results = await Promise.all(closures.map((closure) => current().closeChunk(REF, closure)));
      expect(results.filter(Boolean)).toHaveLength(1);
      const winner = closures[results.indexOf(true)];
      expect((await current().page(jobId(), 1, 0))?.chunks[1]).toEqual(
        chunk({ offset: 100, state: 'closed', ...winner }),
      );
      expect(await current().closeChunk(REF, CLOSURE)).toBe(false);
    });

    test('nothing changes a closed chunk', async () => {
      await current().putPage(page());
      await current().closeChunk(REF, CLOSURE);
      const before = await current().page(jobId(), 1, 0);
      expect(await current().changeChunk(REF, { kind: 'started', at: 9 })).toBeUndefined();
      expect(await current().changeChunk(REF, { kind: 'returned', at: 9, crashed: true })).toBeUndefined();
      expect(await current().page(jobId(), 1, 0)).toEqual(before);
    });

    test('unknown chunks are neither changed nor closed', async () => {
      await current().putPage(page());
      for (const unknown of [
        { ...REF, chunk: 3 },
        { ...REF, page: 1 },
        { ...REF, job: jobId('other') },
      ]) {
        expect(await current().changeChunk(unknown, { kind: 'queued', at: 1 })).toBeUndefined();
        expect(await current().closeChunk(unknown, CLOSURE)).toBe(false);
      }
    });

    test('a queued page marks its planned chunks alone', async () => {
      await current().putPage(page());
      await current().closeChunk(REF, CLOSURE);
      await current().pageQueued(jobId(), 1, 0, 77);
      await current().pageQueued(jobId(), 1, 9, 77);
      const stored = await current().page(jobId(), 1, 0);
      expect(stored?.chunks.map((each) => each.queuedAt)).toEqual([77, undefined, 77]);
    });
  });
}
