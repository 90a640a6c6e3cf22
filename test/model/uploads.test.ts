import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EndpointName, FileKey, ItemId, JobId } from '../../functions/core/ids.ts';
import type { OutcomeRow } from '../../functions/core/outcome.ts';
import { Intake, type UploadsSettings } from '../../functions/uploads/intake.ts';
import { copiesOf } from './copies.ts';
import { type DumpShape, growDump } from './grow-dump.ts';
import { OPTIONS, plotOf } from './import-story.ts';
import { checkImport } from './import-truth.ts';
import { consistentEvidence, fail } from './invariants.ts';
import { Random } from './random.ts';
import { CALM, Schedule, type Weather } from './schedule.ts';
import { TARGET } from './simulated-servers.ts';
import { MINUTES, moments, type Plot, RUNS, untilEnded, weathers } from './story.ts';
import { World } from './world.ts';

interface Story {
  readonly seed: number;
  readonly shape: DumpShape;
  readonly weather: Weather;
  /** Moments between one delivery of messages and the next. */
  readonly pause: number;
}

const stories = fc.record<Story>({
  seed: fc.integer(),
  shape: fc.record<DumpShape>({
    instances: fc.integer({ min: 1, max: 9 }),
    others: fc.integer({ min: 0, max: 3 }),
    archives: fc.integer({ min: 0, max: 1 }),
    indexed: fc.constant(false),
    presets: fc.integer({ min: 0, max: 2 }),
  }),
  weather: weathers,
  pause: fc.integer({ min: 0, max: 400 }),
});

const SOURCE = 's3://bucket/uploads/' as EndpointName;
const LONG_MS = 6 * 60 * MINUTES;
const BRIEF_MS = 30_000;

function settingsOf(quietMs: number): UploadsSettings {
  return {
    source: SOURCE,
    target: TARGET,
    quietMs,
    options: { ...OPTIONS, orphans: 'import', acceptHeaderOnly: false },
  };
}

/** Tells of each upload once and more, in messages that come in any order, and to functions that may die of it. */
async function upload(schedule: Schedule, plot: Plot, settings: UploadsSettings, pause: number): Promise<void> {
  const { random, world } = schedule;
  const files = [...world.dump.files.keys()].sort(() => random.next() - 0.5) as FileKey[];
  const messages: FileKey[][] = [];
  while (files.length > 0) messages.push(files.splice(0, 1 + random.below(3)));
  const twice = messages.filter(() => random.chance(0.3));
  for (const message of [...messages, ...twice].sort(() => random.next() - 0.5)) {
    schedule.run((ports) => new Intake(ports, settings).takeDown(message));
    await moments(schedule, plot, pause, false);
  }
  // What a function died of comes again until it is taken.
  schedule.weather = CALM;
  plot.calmDown(schedule);
  for (const message of messages) {
    schedule.run((ports) => new Intake(ports, settings).takeDown(message));
    await schedule.drain();
  }
}

async function tell(story: Story, quietMs: number) {
  const random = new Random(story.seed);
  const world = new World();
  growDump(random, world, story.shape);
  const presets = new Map(world.target.images);
  const settings = settingsOf(quietMs);
  const schedule = new Schedule(random, world);
  const plot = plotOf({ kind: 'import', steps: 0, weather: story.weather, restless: false }, settings.options);
  await upload(schedule, plot, settings, story.pause);
  const jobs: JobId[] = [];
  for (;;) {
    const job = (await schedule.ports.store.jobs()).find(({ id }) => !jobs.includes(id));
    if (!job) return { schedule, jobs, imported: { options: settings.options, presets, quirky: new Set<never>() } };
    jobs.push(job.id);
    await schedule.clock.advance(quietMs);
    await untilEnded(schedule, plot, job.id);
  }
}

/** The files in the order in which the job's log tells of them. */
async function arrivalsOf({ ports: { store, objects } }: Schedule, job: JobId): Promise<FileKey[]> {
  const files = new Set<FileKey>();
  for (const arrival of await store.arrivals(job, 0, 1000)) {
    if (arrival.kind === 'end') continue;
    const text = new TextDecoder().decode(await objects.read(arrival.object));
    for (const file of text.trim().split('\n')) files.add(file as FileKey);
  }
  return [...files];
}

describe('uploads under random schedules', () => {
  it(
    'have one true outcome each in the import that takes them in, however often and in whatever order they are told of',
    async () => {
      await fc.assert(
        fc.asyncProperty(stories, async (story) => {
          const { schedule, jobs, imported } = await tell(story, LONG_MS);
          const [job, another] = jobs;
          if (!job || another) fail('they should be taken in by one import');
          schedule.world.dump.arrived = await arrivalsOf(schedule, job);
          checkImport(schedule, imported, await consistentEvidence(schedule, job));
        }),
        { numRuns: Math.ceil(RUNS / 4) },
      );
    },
    10 * MINUTES,
  );

  it(
    'have outcomes, and none is lost, when they come with long pauses',
    async () => {
      await fc.assert(
        fc.asyncProperty(stories, async (story) => {
          const { schedule, jobs } = await tell(story, BRIEF_MS);
          const rows = new Map<ItemId, OutcomeRow[]>();
          for (const job of jobs)
            for (const [item, row] of (await consistentEvidence(schedule, job)).rows)
              rows.set(item, [...(rows.get(item) ?? []), row]);
          const { target, dump } = schedule.world;
          for (const { item, dumped } of copiesOf(dump)) {
            const { stored } = dumped;
            if (!rows.has(item)) fail(`${item} has no outcome`);
            if (stored?.pixels === 'present' && !target.images.has(stored.id)) fail(`${item} is lost`);
          }
          expect(jobs.length).toBeGreaterThan(0);
        }),
        { numRuns: Math.ceil(RUNS / 4) },
      );
    },
    10 * MINUTES,
  );
});
