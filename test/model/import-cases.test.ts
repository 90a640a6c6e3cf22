import { describe, expect, it } from '@jest/globals';
import type { FileKey, ItemId } from '../../functions/core/ids.ts';
import type { OutcomeCode } from '../../functions/core/outcome.ts';
import { retryFailures } from '../../functions/supervise/requests.ts';
import { type Dumped, image, OTHERS } from './dumped-content.ts';
import { archiveOf } from './grow-dump.ts';
import { OPTIONS, plotOf } from './import-story.ts';
import { consistentEvidence } from './invariants.ts';
import { Random } from './random.ts';
import { CALM, Schedule } from './schedule.ts';
import { JOB, type Plot, tell, untilEnded } from './story.ts';
import { md5Of, World } from './world.ts';

const PLOT: Plot = plotOf({ kind: 'import', steps: 0, weather: CALM, restless: false }, OPTIONS);
const [NOTE = image(0)] = OTHERS;

function worldWith(
  files: Readonly<Record<string, Dumped>>,
  archives: Readonly<Record<string, readonly Dumped[]>>,
): World {
  const world = new World();
  for (const [name, dumped] of Object.entries(files)) world.dump.add({ key: `/dump/${name}` as FileKey, dumped });
  for (const [name, members] of Object.entries(archives))
    world.dump.add({ key: `/dump/${name}` as FileKey, ...archiveOf(members) });
  for (const dumped of [...Object.values(files), ...Object.values(archives).flat()]) world.learn(dumped);
  return world;
}

/** The outcome of each item; of a duplicate with the file that was taken. */
async function outcomes(schedule: Schedule): Promise<Record<ItemId, OutcomeCode | string>> {
  const { rows } = await consistentEvidence(schedule, JOB);
  const named = [...rows].map(([item, row]) => {
    const other = row.file === undefined ? undefined : row.otherFile;
    return [item.replace('/dump/', ''), other === undefined ? row.code : `${row.code} of ${other}`];
  });
  return Object.fromEntries(named);
}

describe('an import in good weather', () => {
  it('finds the member that brings the target down, behind one that is refused each time', async () => {
    const [refused, crashing] = [image(1), image(2)];
    const world = worldWith({}, { archive: [NOTE, refused, crashing, image(3)] });
    if (refused.stored) world.quirks.set(refused.stored.id, 'filtered');
    if (crashing.stored) world.quirks.set(crashing.stored.id, 'crashes');
    const schedule = new Schedule(new Random(1), world);
    await tell(schedule, PLOT);
    expect(await outcomes(schedule)).toEqual({
      archive: 'ARCHIVE_EXPANDED',
      'archive%000': 'JSON_SUMMARY',
      'archive%001': 'TARGET_FILTERED_OUT',
      'archive%002': 'TARGET_CRASHES',
      'archive%003': 'STORED',
    });
  });

  it('takes the second of several files when the first is damaged, and names it to the others', async () => {
    const world = worldWith({ b: image(1), c: image(1), d: image(1, 1) }, {});
    const index = { known: true, type: 1, md5: md5Of('something else'), size: 1 } as const;
    world.dump.add({ key: '/dump/a' as FileKey, dumped: image(1), index, damaged: true });
    const schedule = new Schedule(new Random(1), world);
    await tell(schedule, PLOT);
    expect(await outcomes(schedule)).toEqual({
      a: 'FILE_DAMAGED',
      b: 'STORED',
      c: 'DUPLICATE of /dump/b',
      d: 'DUPLICATE_CONFLICT of /dump/b',
    });
  });

  it('brings the members of an archive that can be read only when it is tried again', async () => {
    const world = worldWith({ first: image(1) }, { second: [image(1), image(2)] });
    for (const file of world.dump.files.values()) world.dump.setUnreadable(file, file.members.length > 0);
    const schedule = new Schedule(new Random(1), world);
    await tell(schedule, { ...PLOT, calmDown: () => undefined });
    expect(await outcomes(schedule)).toEqual({ first: 'STORED', second: 'FILE_UNREADABLE' });
    await retryFailures(schedule.ports, JOB, undefined);
    await untilEnded(schedule, PLOT);
    expect(await outcomes(schedule)).toEqual({
      first: 'STORED',
      second: 'ARCHIVE_EXPANDED',
      'second%000': 'DUPLICATE of /dump/first',
      'second%001': 'STORED',
    });
  });
});
