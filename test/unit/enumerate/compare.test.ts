import { expect, test } from '@jest/globals';
import type { OrthancId } from '../../../functions/core/ids.ts';
import type { Cursor } from '../../../functions/core/job.ts';
import { CHUNK_BYTES } from '../../../functions/core/plan.ts';
import { compareStage } from '../../../functions/enumerate/compare.ts';
import type { Step } from '../../../functions/enumerate/step.ts';
import type { OrthancServer } from '../../../functions/orthanc/server.ts';
import { checkpoint, instance, job, SOURCE, TARGET } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

/** More closed chunks than this do not fit into the item of a page. */
const MOST_CHUNKS = 2000;
const PLENTY_MS = 300_000;
type Studies = ReadonlyMap<OrthancId, readonly OrthancId[]>;

/** Studies with so many instances each, every one of them too large to share a chunk. */
function studiesOf(sizes: readonly number[]): Studies {
  let last = 0;
  const next = () => instance(++last);
  return new Map(sizes.map((size) => [next(), Array.from({ length: size }, next)]));
}

/** @param told how many studies the server says that it has: the fewer, the larger they seem. */
function serverWith(studies: Studies, told: number): OrthancServer {
  const all = new Set([...studies.values()].flat());
  const server: Partial<OrthancServer> = {
    studies: async () => [...studies.keys()],
    statistics: async () => ({ instances: all.size, studies: told, uncompressedBytes: 0 }),
    // Servers list in an order of their own.
    instances: async (study) => studies.get(study)?.toReversed(),
    findsByUid: async () => true,
    describedInstances: async (study) => studies.get(study)?.map((id) => ({ id, size: CHUNK_BYTES })),
    recorded: async (ids) => new Map(ids.filter((id) => all.has(id)).map((id) => [id, { size: CHUNK_BYTES }])),
    changes: async () => ({ changes: [], last: 0, done: true }),
  };
  return server as OrthancServer;
}

/** The steps of a comparison. What a step plans is in the target at the next one, or is still on its way there. */
async function compared(
  source: Studies,
  held: Studies,
  arrives: boolean,
  told: number,
  remainingMs = PLENTY_MS,
): Promise<readonly Step[]> {
  const { ports } = memoryPorts();
  const there = new Map(held);
  const steps: Step[] = [];
  for (let cursor: Cursor = { stage: 'compare', list: '', count: 0, index: 0 }; cursor.stage === 'compare'; ) {
    const made: Step = await compareStage(
      {
        ...{
          ports,
          job: job({ source: SOURCE, target: TARGET, state: 'running', round: 1 }),
          deadline: { remainingMs: () => remainingMs },
        },
        ...{
          checkpoint: checkpoint({ cursor }),
          source: serverWith(source, told),
          target: async () => serverWith(there, told),
        },
      },
      cursor,
    );
    steps.push(made);
    if (arrives) for (const { id, study } of entriesOf([made])) there.set(study, [...(there.get(study) ?? []), id]);
    cursor = made.next;
  }
  return steps;
}

function entriesOf(steps: readonly Step[]) {
  return steps
    .flatMap(({ chunks }) => chunks.flat())
    .flatMap((entry) => {
      if (entry.file !== undefined || entry.study === undefined) throw new Error('no instance of a study');
      return [{ id: entry.id, study: entry.study }];
    });
}

test.each([
  ['one study', [4500]],
  ['a few studies', [1999, 1, 0, 2001, 3, 1500]],
  ['many studies', new Array<number>(700).fill(7)],
])(
  'GIVEN large instances of %s that are missing THEN no page has more chunks than its item holds, and each is planned once',
  async (_, sizes) => {
    const source = studiesOf(sizes);
    for (const [arrives, told] of [true, false].flatMap((way) =>
      [1, 100_000].map((studies) => [way, studies] as const),
    )) {
      const steps = await compared(source, new Map(), arrives, told);
      for (const { chunks } of steps) expect(chunks.length).toBeLessThanOrEqual(MOST_CHUNKS);
      expect(entriesOf(steps).map(({ id }) => id)).toEqual([...source.values()].flat());
      expect(steps.at(-1)?.learned?.studies).toEqual({ done: sizes.length, total: sizes.length });
    }
  },
);

test.each([
  ['large', 1],
  ['small', 100_000],
])('GIVEN what the target has of studies that seem %s THEN only the rest is planned', async (_, told) => {
  const source = studiesOf([2500, 3]);
  const held = new Map([...source].map(([study, ids]) => [study, ids.filter((_, n) => n % 2 === 0)]));
  const missing = [...source.values()].flatMap((ids) => ids.filter((_, n) => n % 2 === 1));
  expect(entriesOf(await compared(source, held, false, told)).map(({ id }) => id)).toEqual(missing);
});

test('GIVEN no time left THEN what was read together is made use of before the step ends', async () => {
  const source = studiesOf(new Array<number>(120).fill(2));
  const steps = await compared(source, source, false, 100_000, 0);
  // One to list the studies, and three for 50 of them at a time.
  expect(steps.length).toBe(1 + 3);
});
