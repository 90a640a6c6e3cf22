/** `kill -9` at any moment: the same command goes on at once, and its counters are exact. */
import { afterEach, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import {
  type EndEvent,
  endOf,
  events,
  run,
  type StateDirectory,
  start,
  stateDirectory,
} from '../../support/command-line.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { expectSameServers, expectSoundEvidence } from '../../support/proof.ts';
import { until } from '../../support/until.ts';
import { upload } from '../../support/upload.ts';

jest.setTimeout(600_000);

const PER_STUDY = process.env.ORTHANC_MIGRATE_FULL_SIZE ? 200 : 50;
const INSTANCES = 30 * PER_STUDY;
const bytes = (index: number) => (index % 3 === 0 ? 500_000 : 10_000);

const servers: RunningOrthanc[] = [];
const states: StateDirectory[] = [];

afterEach(async () => {
  await Promise.all([...servers.splice(0).map((one) => one.stop()), ...states.splice(0).map((one) => one.remove())]);
});

async function loaded(version: '1.10' | '1.13', to: '1.10' | '1.13') {
  const [source, target, state] = await Promise.all([
    startOrthanc({ version }),
    startOrthanc({ version: to }),
    stateDirectory(),
  ]);
  servers.push(source, target);
  states.push(state);
  await upload(source.url, archive({ studies: 30, instancesPerStudy: PER_STUDY, seriesPerStudy: 2, bytes }));
  const command = ['replicate', source.url, target.url, '--state-dir', state.path, '--json'];
  return { source, target, command };
}

async function instancesOf({ url }: RunningOrthanc): Promise<number> {
  const { CountInstances } = (await (await fetch(`${url}statistics`)).json()) as { CountInstances: number };
  return CountInstances;
}

/** What the target held came from us, or nobody knows it: each instance is counted once. */
async function expectExact(end: EndEvent): Promise<void> {
  expect(end).toMatchObject({ state: 'completed', exitCode: 0, scanned: INSTANCES });
  expect(end.counts).toMatchObject({ success: INSTANCES, warning: 0, failure: 0, skipped: 0, unsettled: 0 });
  const { rows, byCode } = await expectSoundEvidence(end);
  expect(rows).toHaveLength(INSTANCES);
  expect(byCode.ALREADY_PRESENT ?? 0).toBe(end.counts.alreadyThere);
  expect(rows.filter((row) => row.sentByUs === 'yes')).toHaveLength(end.counts.sent ?? -1);
  // The target was empty: nothing was there that we may call somebody else's.
  expect(rows.filter((row) => row.sentByUs === 'no')).toEqual([]);
}

test.each([
  ['1.10', '1.13'],
  ['1.13', '1.10'],
] as const)('GIVEN kill -9 at 30 %% and at 80 %% of %s to %s THEN the same command completes', async (from, to) => {
  const { source, target, command } = await loaded(from, to);
  for (const share of [0.3, 0.8]) {
    const running = start(command);
    await until(`${share * 100} % arrived`, async () => (await instancesOf(target)) >= share * INSTANCES, 300);
    running.child.kill('SIGKILL');
    expect(await running.ended).toMatchObject({ signal: 'SIGKILL' });
    expect(await instancesOf(target)).toBeLessThan(INSTANCES);
  }
  const before = await instancesOf(target);
  const last = start(command);
  const begun = performance.now();
  await until('more arrives', async () => (await instancesOf(target)) > before, 60);
  // No lease or visibility of the dead is waited for: the shortest of them is 30 s.
  expect(performance.now() - begun).toBeLessThan(25_000);
  const ended = await last.ended;
  expect(events(ended.stdout).find(({ event }) => event === 'job')).toMatchObject({ how: 'resumed' });
  await expectExact(endOf(ended));
  await expectSameServers(source, target, INSTANCES);
});

test('GIVEN kill -9 again and again, while it lists and later THEN the same command completes', async () => {
  const { source, target, command } = await loaded('1.13', '1.13');
  let kills = 0;
  for (let number = 0; number < 8; number += 1) {
    const running = start(command);
    await until('the job goes on', () => events(running.stdout()).some(({ event }) => event === 'job'));
    // At once, then a little later each time, but before it is done: the command would begin another job then.
    const end = Date.now() + number * 150;
    const nearlyDone = async () => (await instancesOf(target)) >= 0.6 * INSTANCES;
    await until('its time has come', async () => Date.now() >= end || nearlyDone());
    if (running.child.kill('SIGKILL')) kills += 1;
    await running.ended;
    if (await nearlyDone()) break;
  }
  expect(kills).toBeGreaterThan(3);
  const last = await run(command);
  expect(events(last.stdout).find(({ event }) => event === 'job')).toMatchObject({ how: 'resumed' });
  await expectExact(endOf(last));
  await expectSameServers(source, target, INSTANCES);
});
