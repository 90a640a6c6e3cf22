import { describe, expect, test } from '@jest/globals';
import { NO_COUNTS } from '../../functions/core/counts.ts';
import { type FileKey, fileItem, type ItemId } from '../../functions/core/ids.ts';
import type { JobStore } from '../../functions/core/ports.ts';
import { chunk, fileFinding, item, jobId, page } from './samples.ts';

/** What every job store does with the files of an import. */
export function fileContract(current: () => JobStore): void {
  describe('files of a dump', () => {
    test('a page says where it keeps what is held back, and chunks do not change that', async () => {
      const holding = page({ held: { offset: 300, length: 50, files: 2 }, chunks: [chunk()] });
      const onlyHeld = page({ page: 1, held: { offset: 0, length: 9, files: 1 }, chunks: [] });
      await current().putPage(holding);
      await current().putPage(onlyHeld);
      await current().pageQueued(jobId(), 1, 1, 5);
      await current().markHarvested(jobId(), 1, 0);
      await current().closeChunk({ job: jobId(), round: 1, page: 0, chunk: 0 }, { receipt: 'r', counts: NO_COUNTS });
      expect(await current().pages(jobId(), 1, 0, 9)).toEqual([
        { ...holding, harvested: true, chunks: [chunk({ state: 'closed', receipt: 'r', counts: NO_COUNTS })] },
        onlyHeld,
      ]);
    });

    test('findings of files and of members of archives are found again, whatever their names', async () => {
      const names = ['/dump/a%0Ab', '/dump/a%25', '/dump/o\'hara "x"', '/dump/Ü', '/dump/\u{1f600}'] as FileKey[];
      const items = names.flatMap((name) => [fileItem(name), fileItem(name, 0), fileItem(name, 10)]);
      for (const each of items) await current().putFinding({ ...fileFinding(1), item: each });
      for (const each of items) expect((await current().finding(jobId(), each))?.item).toBe(each);
      const seen: ItemId[] = [];
      for (let after: ItemId | undefined; ; after = seen.at(-1)) {
        const some = await current().findings(jobId(), after, 4);
        seen.push(...some.map((each) => each.item));
        if (some.length < 4) break;
      }
      expect(seen).toHaveLength(items.length);
      expect(new Set(seen)).toEqual(new Set(items));
      expect(await current().reopenFinding(jobId(), fileItem(names[0] as FileKey, 10), 1)).toBe(true);
      expect((await current().finding(jobId(), fileItem(names[0] as FileKey, 0)))?.reopened).toBe(false);
    });

    test('the suspect of a chunk may be a file', async () => {
      await current().putPage(page());
      const ref = { job: jobId(), round: 1, page: 0, chunk: 0 };
      await current().changeChunk(ref, { kind: 'suspect', id: item(1), died: true });
      expect((await current().page(jobId(), 1, 0))?.chunks[0]?.suspect).toEqual({ id: item(1), times: 1 });
      const condemned = await current().changeChunk(ref, { kind: 'condemned', id: item(1) });
      expect(condemned?.chunks[0]?.condemned).toEqual([item(1)]);
    });
  });
}
