import fc from 'fast-check';
import type { EndpointName, FileKey } from '../../functions/core/ids.ts';
import type { JobKind, JobOptions } from '../../functions/core/job.ts';
import { groupsOf } from './copies.ts';
import { type Dumped, image, OTHERS } from './dumped-content.ts';
import { type DumpShape, growDump } from './grow-dump.ts';
import type { Imported } from './import-truth.ts';
import { Random } from './random.ts';
import { type Adapters, Schedule, type Weather } from './schedule.ts';
import type { SimulatedFile } from './simulated-dump.ts';
import { TARGET } from './simulated-servers.ts';
import { type Plot, tell, weathers } from './story.ts';
import { type Quirk, World } from './world.ts';

export const OPTIONS = { selection: {}, check: 'md5', conflict: 'keep-target', maxWaitMs: 1e9 } as const;
const QUIRKS: readonly Quirk[] = ['refused', 'filtered', 'altered', 'crashes', 'crashes', 'vanishes'];
const DUMP = { roots: ['/dump' as FileKey] };

/** What an import of the model is told from: the same story always goes the same way. */
export interface ImportStory {
  readonly seed: number;
  readonly kind: JobKind & ('import' | 'import-dry-run');
  readonly shape: DumpShape;
  readonly quirks: number;
  readonly steps: number;
  readonly weather: Weather;
  /** Things happen to the files while they are read. */
  readonly restless: boolean;
  readonly orphans: NonNullable<JobOptions['orphans']>;
  readonly acceptHeaderOnly: boolean;
}

export const importStories = fc.record<ImportStory>({
  seed: fc.integer(),
  kind: fc.constant('import' as const),
  shape: fc.record<DumpShape>({
    instances: fc.integer({ min: 1, max: 9 }),
    others: fc.integer({ min: 0, max: 4 }),
    archives: fc.integer({ min: 0, max: 2 }),
    indexed: fc.boolean(),
    presets: fc.integer({ min: 0, max: 2 }),
  }),
  quirks: fc.integer({ min: 0, max: 3 }),
  steps: fc.integer({ min: 0, max: 6000 }),
  weather: weathers,
  restless: fc.boolean(),
  orphans: fc.constantFrom('import' as const, 'skip' as const),
  acceptHeaderOnly: fc.boolean(),
});

/** An import that has ended. */
export interface Told {
  readonly schedule: Schedule;
  readonly plot: Plot;
  readonly imported: Imported;
}

export async function tellImport(story: ImportStory, adapters: Adapters = {}): Promise<Told> {
  const { seed, shape, quirks, orphans, acceptHeaderOnly } = story;
  const random = new Random(seed);
  const world = new World();
  growDump(random, world, shape);
  const options = { ...OPTIONS, orphans, acceptHeaderOnly };
  const groups = groupsOf(world.dump, options);
  for (let i = 0; i < quirks && groups.length > 0; i += 1)
    world.quirks.set(random.pick(groups).id, random.pick(QUIRKS));
  const imported = { options, presets: new Map(world.target.images), quirky: new Set(world.quirks.keys()) };
  if (story.restless) world.dump.meanwhile = (file) => random.chance(0.01) && touchFile(random, world, file);
  const schedule = new Schedule(random, world, adapters);
  const plot = plotOf(story, options);
  await tell(schedule, plot);
  return { schedule, plot, imported };
}

/** The plot of such a story: what it does to the dump and to the target. */
export function plotOf(
  { kind, steps, weather, restless }: Pick<ImportStory, 'kind' | 'steps' | 'weather' | 'restless'>,
  options: JobOptions,
): Plot {
  return {
    wanted: { kind, source: '/dump' as EndpointName, target: TARGET, dump: DUMP, options },
    steps,
    weather,
    chunks: (schedule) => schedule.importQueue,
    happen: (schedule) => (restless && schedule.random.chance(0.5) ? touch(schedule) : ail(schedule)),
    calmDown,
  };
}

/** The target has an outage, or recovers. */
function ail({ random, world: { target } }: Schedule): void {
  const dice = random.below(6);
  if (dice === 0) target.down = !target.down;
  else if (dice === 1) target.down = false;
  else if (dice === 2)
    target.trouble = { left: random.below(6), answer: { status: 500, orthanc: true, orthancStatus: 1 } };
  else if (dice === 3) target.trouble = { left: random.below(6), answer: { status: 503, orthanc: false } };
  else if (dice === 4)
    target.trouble = { left: random.below(6), answer: { status: 507, orthanc: true, orthancStatus: 19 } };
}

/** Something happens to a file of the dump. */
function touch({ random, world }: Schedule): void {
  const files = [...world.dump.files.values()].filter(({ gone }) => !gone);
  if (files.length > 0) touchFile(random, world, random.pick(files));
}

function touchFile(random: Random, world: World, file: SimulatedFile): void {
  const { dump } = world;
  const dice = random.below(8);
  if (dice < 4) dump.setUnreadable(file, !file.unreadable);
  else if (dice < 5) dump.vanish(file);
  else if (file.members.length > 0) return;
  else if (dice < 7) {
    const dumped = image(random.below(9), 2 + random.below(2));
    if (isReport(world, dumped)) return;
    world.learn(dumped);
    dump.change(file, dumped);
  } else dump.change(file, random.pick(OTHERS));
}

/** Nothing is both a report and an image. */
function isReport({ contents }: World, { stored }: Dumped): boolean {
  return [...contents.values()].some(({ id, pixels }) => id === stored?.id && pixels === 'none-by-nature');
}

function calmDown({ world: { target, dump } }: Schedule): void {
  target.down = false;
  target.trouble = undefined;
  dump.meanwhile = () => undefined;
  for (const file of dump.files.values()) file.unreadable = false;
}
