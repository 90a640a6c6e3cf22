import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '../../../../cli/local/database.ts';
import { SqliteJobStore } from '../../../../cli/local/job-store.ts';
import type { Pixels } from '../../../../functions/core/content.ts';
import type { Dump, IndexFact } from '../../../../functions/core/dump.ts';
import type { Md5 } from '../../../../functions/core/ids.ts';
import type { Cursor } from '../../../../functions/core/job.ts';
import type { FileEntry, PlanEntry } from '../../../../functions/core/plan.ts';
import type { Ports } from '../../../../functions/core/ports.ts';
import { claimInOrder } from '../../../../functions/enumerate/dump/claims.ts';
import { heldStage, settleBare } from '../../../../functions/enumerate/dump/held.ts';
import type { DumpEnumeration } from '../../../../functions/enumerate/step.ts';
import { writePage } from '../../../../functions/enumerate/write-page.ts';
import { checkpoint, file, fileEntry, instance, item, job } from '../../../contract/samples.ts';
import { MemoryObjects } from '../../../model/memory-objects.ts';

const MD5 = 'a'.repeat(32) as Md5;
const ORPHAN: IndexFact = { known: false };
const COPY: IndexFact = { known: true, type: 3, size: 10, md5: MD5 };
const WHOLE: IndexFact = { known: true, type: 1, size: 10, md5: MD5 };

/** The held stage looks into no file. */
const CLOSED: Dump = {
  ahead: 1,
  near: true,
  list: () => {
    throw new Error('unused');
  },
  item: () => Promise.reject(new Error('unused')),
  open: () => Promise.reject(new Error('unused')),
  close: async () => undefined,
};

function enumeration(): DumpEnumeration {
  const ports = { store: new SqliteJobStore(openDatabase(':memory:')), objects: new MemoryObjects() } as Partial<Ports>;
  const deadline = { remainingMs: () => 600_000 };
  return {
    ports: ports as Ports,
    job: job({ kind: 'import' }),
    checkpoint: checkpoint(),
    deadline,
    dump: CLOSED,
    keys: new Map(),
    largestArchive: Number.POSITIVE_INFINITY,
  };
}

const bare = (n: number, pixels: Pixels = 'missing', over: Partial<FileEntry> = {}) =>
  fileEntry(n, { instance: instance(1), pixels }, over);

/** What is to become of files, in short. */
function told(entries: readonly PlanEntry[]): string[] {
  return (entries as FileEntry[]).map(({ final, headerOnly, last, rivals }) => {
    const what = final?.code ?? (headerOnly ? 'header-only' : last ? 'last' : 'send');
    return rivals ? `${what} after ${rivals.join()}` : what;
  });
}

describe('files without pixel data, once the dump is known', () => {
  it.each([
    ['an image without its pixels', 'missing', undefined, 'header-only'],
    ['what never had any', 'none-by-nature', undefined, 'send'],
    ['what never had any, although an index calls it a copy', 'none-by-nature', COPY, 'header-only'],
    ['what an index calls the image itself', 'missing', WHOLE, 'send'],
    ['what an index does not know', 'missing', ORPHAN, 'header-only'],
    ['what an index knows without its MD5', 'missing', { known: true, type: 1, size: 10 }, 'header-only'],
    ['what has a header too long to be read', 'unknown', undefined, 'last'],
    ['the same with an index that calls it the image', 'unknown', WHOLE, 'send'],
    ['the same with an index that calls it a copy', 'unknown', COPY, 'header-only'],
  ] as const)('are judged: %s', async (_, pixels, index, expected) => {
    const settled = await settleBare(enumeration(), [bare(1, pixels, index ? { index } : {})]);
    expect(told(settled)).toEqual([expected]);
  });

  it('give way to a complete file, wherever in the dump that lies, and name it', async () => {
    const enumerating = enumeration();
    await claimInOrder(enumerating.ports, enumerating.job.id, [fileEntry(8), fileEntry(9)]);
    const settled = await settleBare(enumerating, [bare(1), bare(2, 'unknown'), bare(3, 'missing', { index: WHOLE })]);
    expect(told(settled)).toEqual(Array(3).fill(`HEADER_ONLY_COPY after ${item(8)}`));
  });

  it('do not give way to a file of another instance, nor to one without pixels', async () => {
    const enumerating = enumeration();
    await claimInOrder(enumerating.ports, enumerating.job.id, [
      fileEntry(8, { instance: instance(2) }),
      bare(9, 'none-by-nature'),
    ]);
    expect(told(await settleBare(enumerating, [bare(1)]))).toEqual(['header-only']);
  });

  it('claim their instance in order when they are whole; a header-only copy claims nothing', async () => {
    const enumerating = enumeration();
    const files = [bare(1), bare(2, 'none-by-nature'), bare(3, 'none-by-nature')];
    expect(told(await settleBare(enumerating, files))).toEqual(['header-only', 'send', `send after ${item(2)}`]);
    const [claims = []] = await enumerating.ports.store.claims(enumerating.job.id, [instance(1)]);
    expect(claims.map((claim) => claim.item)).toEqual([item(2), item(3)]);
  });

  it('are kept apart from their neighbours that tell no instance', async () => {
    const enumerating = enumeration();
    await claimInOrder(enumerating.ports, enumerating.job.id, [fileEntry(9)]);
    const nameless = bare(1);
    const content = { ...nameless.content, dicom: { uncertain: false, pixels: 'missing' } } as const;
    const settled = await settleBare(enumerating, [{ ...nameless, content }, bare(2)]);
    expect(told(settled)).toEqual(['header-only', `HEADER_ONLY_COPY after ${item(9)}`]);
  });
});

/** Runs the stage to its end as the enumerator does; gives the chunks of each page. */
async function runHeld(enumerating: DumpEnumeration, pages: readonly (readonly FileEntry[])[]): Promise<string[][][]> {
  let nextPage = 0;
  for (const held of pages) {
    // Of every second page something else is sent, too.
    const chunks = nextPage % 2 === 0 ? [] : [[fileEntry(100 + nextPage, { instance: instance(50 + nextPage) })]];
    await writePage(enumerating.ports, checkpoint({ nextPage }), { chunks, held, next: { stage: 'dump' } });
    nextPage += 1;
  }
  const planned: string[][][] = [];
  for (let cursor: Cursor = { stage: 'held', pass: 'orphans', page: 0 }; cursor.stage === 'held'; ) {
    const step = await heldStage(enumerating, cursor);
    if (step.chunks.length > 0) {
      planned.push(step.chunks.map((chunk) => chunk.map((entry) => entry.id)));
      await writePage(enumerating.ports, checkpoint({ nextPage }), step);
      nextPage += 1;
    }
    cursor = step.next;
  }
  return planned;
}

describe('what was held back', () => {
  it('is planned page by page, orphans with pixel data before everything else', async () => {
    const orphan = (n: number) => fileEntry(n, { instance: instance(n) }, { index: ORPHAN });
    const pages = [[bare(1), orphan(2)], [], [orphan(3)], [bare(4, 'none-by-nature')]];
    expect(await runHeld(enumeration(), pages)).toEqual([[[item(2)]], [[item(3)]], [[item(1)]], [[item(4)]]]);
  });

  it('is found behind many pages that hold nothing, each once', async () => {
    const pages = Array.from({ length: 45 }, (_, n) => (n === 2 || n === 44 ? [bare(n)] : []));
    expect(await runHeld(enumeration(), pages)).toEqual([[[item(2)]], [[item(44)]]]);
  });

  it('keeps the members of an archive together, in a chunk of their own', async () => {
    const member = (number: number) => {
      const name = `${number}`;
      return bare(5, 'none-by-nature', {
        id: `${item(5)}%00${number}` as FileEntry['id'],
        file: file(5),
        member: { number, name },
      });
    };
    const [first, second] = [member(0), member(1)];
    const pages = [[bare(1), bare(2), first, second, bare(6)]];
    expect(await runHeld(enumeration(), pages)).toEqual([[[item(1), item(2)], [first.id, second.id], [item(6)]]]);
  });

  it('lets a header-only copy give way to an orphan that is complete', async () => {
    const enumerating = enumeration();
    const orphan = fileEntry(9, {}, { index: ORPHAN });
    await runHeld(enumerating, [[bare(1)], [orphan]]);
    const [claims = []] = await enumerating.ports.store.claims(enumerating.job.id, [instance(1)]);
    expect(claims).toEqual([{ item: item(9), pixels: true }]);
    expect(told(await settleBare(enumerating, [bare(1)]))).toEqual([`HEADER_ONLY_COPY after ${item(9)}`]);
  });
});
