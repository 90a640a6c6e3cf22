import fc from 'fast-check';
import { Random } from './random.ts';
import { type Adapters, Schedule, type Weather } from './schedule.ts';
import { SOURCE, TARGET } from './simulated-servers.ts';
import { type Plot, weathers } from './story.ts';
import { type Quirk, World } from './world.ts';

const OPTIONS = { selection: {}, check: 'md5', conflict: 'keep-target', maxWaitMs: 1e9 } as const;
const QUIRKS: readonly Quirk[] = ['refused', 'damaged', 'filtered', 'altered', 'crashes', 'vanishes'];

/** What a replication of the model is told from: the same story always goes the same way. */
export interface ReplicateStory {
  readonly seed: number;
  readonly instances: number;
  readonly quirks: number;
  readonly steps: number;
  readonly weather: Weather;
}

export const replicateStories = fc.record<ReplicateStory>({
  seed: fc.integer(),
  instances: fc.integer({ min: 0, max: 24 }),
  quirks: fc.integer({ min: 0, max: 3 }),
  steps: fc.integer({ min: 0, max: 6000 }),
  weather: weathers,
});

export function beginning({ seed, instances, quirks }: ReplicateStory, adapters: Adapters = {}): Schedule {
  const random = new Random(seed);
  const world = new World();
  const ids = world.grow(random, instances);
  for (let i = 0; i < quirks && ids.length > 0; i += 1) world.quirks.set(random.pick(ids), random.pick(QUIRKS));
  return new Schedule(random, world, adapters);
}

/** Something happens in the world outside, now and then. */
function happen({ random, world }: Schedule): void {
  const side = random.chance(0.5) ? world.source : world.target;
  const dice = random.below(9);
  if (dice === 8) world.source.clearHistory();
  else if (dice === 0) side.down = !side.down;
  else if (dice === 1) side.down = false;
  else if (dice === 2)
    side.trouble = { left: random.below(6), answer: { status: 500, orthanc: true, orthancStatus: 1 } };
  else if (dice === 3) side.trouble = { left: random.below(6), answer: { status: 503, orthanc: false } };
  else if (dice === 4)
    world.target.trouble = { left: random.below(6), answer: { status: 507, orthanc: true, orthancStatus: 19 } };
  else if (dice === 5) world.wireDamage = random.below(3);
  else if (dice === 6) world.grow(random, 1);
  else if (world.source.images.size > 3) world.source.delete(random.pick([...world.source.images.keys()]));
}

function calmDown({ world }: Schedule): void {
  world.wireDamage = 0;
  for (const archive of [world.source, world.target]) {
    archive.down = false;
    archive.trouble = undefined;
  }
}

export function plotOf({ steps, weather }: ReplicateStory): Plot {
  const wanted = { kind: 'replicate', source: SOURCE, target: TARGET, options: OPTIONS } as const;
  return { wanted, steps, weather, chunks: (schedule) => schedule.transferQueue, happen, calmDown };
}
