import type { IndexFact } from '../../functions/core/dump.ts';
import type { FileKey } from '../../functions/core/ids.ts';
import { makeZip } from '../support/archives.ts';
import { cut, type Dumped, headerOnly, image, OTHERS, report } from './dumped-content.ts';
import type { Random } from './random.ts';
import type { SimulatedFile } from './simulated-dump.ts';
import { md5Of, type World } from './world.ts';

/** What a dump is made of. */
export interface DumpShape {
  readonly instances: number;
  readonly others: number;
  readonly archives: number;
  /** An index of Orthanc lies beside the files. */
  readonly indexed: boolean;
  /** Instances that the target has before, as the same or as something else. */
  readonly presets: number;
}

/** Fills the dump: images with copies of every kind, reports, junk, and archives of all of these, in any order. */
export function growDump(random: Random, world: World, shape: DumpShape): void {
  const packed: Dumped[][] = Array.from({ length: shape.archives }, () => []);
  for (let n = 0; n < shape.instances; n += 1)
    for (const dumped of copiesOf(random, n)) {
      world.learn(dumped);
      if (packed.length > 0 && random.chance(0.4)) random.pick(packed).push(dumped);
      else addFile(random, world, dumped, shape.indexed);
    }
  for (let n = 0; n < shape.others; n += 1) addFile(random, world, random.pick(OTHERS), shape.indexed);
  for (const members of packed) addArchive(random, world, members);
  for (let n = 0; n < shape.presets; n += 1) preset(random, world, shape.instances);
}

function copiesOf(random: Random, n: number): Dumped[] {
  const times = (most: number, make: (n: number, variant: number) => Dumped) =>
    Array.from({ length: random.below(most + 1) }, () => make(n, random.chance(0.7) ? 0 : 1));
  if (random.chance(0.15)) return [report(n), ...times(2, report)];
  const broken = random.chance(0.2) ? [cut(n)] : [];
  if (random.chance(0.2)) return [headerOnly(n), ...times(1, headerOnly), ...broken];
  return [image(n), ...times(2, image), ...times(2, headerOnly), ...broken];
}

function addFile(random: Random, world: World, dumped: Dumped, indexed: boolean): void {
  const damaged = indexed && dumped.stored !== undefined && random.chance(0.1);
  const index = indexed ? { index: indexFact(random, dumped, damaged) } : {};
  world.dump.add({ key: newKey(random), dumped, damaged: damaged && index.index?.known === true, ...index });
}

function newKey(random: Random): FileKey {
  return `/dump/${random
    .below(2 ** 30)
    .toString(16)
    .padStart(8, '0')}` as FileKey;
}

const OTHER_TYPE = 2;

function indexFact(random: Random, { bytes, stored }: Dumped, damaged: boolean): IndexFact {
  if (random.chance(0.15)) return { known: false };
  const md5 = damaged ? md5Of('what it should be') : md5Of(bytes);
  const type = stored?.pixels === 'missing' ? 3 : 1;
  return { known: true, type: stored ? type : OTHER_TYPE, md5, size: bytes.length };
}

function addArchive(random: Random, world: World, instances: readonly Dumped[]): void {
  const members = [...instances, ...OTHERS.slice(0, 2)].sort(() => random.next() - 0.5);
  world.dump.add({ key: newKey(random), ...archiveOf(members) });
}

/** A ZIP archive. Not compressed: the schedule does not wait for zlib's threads. */
export function archiveOf(members: readonly Dumped[]): Pick<SimulatedFile, 'dumped' | 'members'> {
  const bytes = makeZip(members.map(({ bytes: content }, at) => ({ name: `${at}`, content, method: 0 })));
  return { dumped: { bytes, code: 'ARCHIVE_EXPANDED' }, members };
}

function preset(random: Random, world: World, instances: number): void {
  const make = random.pick([image, headerOnly]);
  const dumped = make(random.below(instances), random.chance(0.5) ? 0 : 1);
  world.learn(dumped);
  if (!dumped.stored) return;
  const { id, study, pixels } = dumped.stored;
  world.target.store(id, { study, size: dumped.bytes.length, md5: md5Of(dumped.bytes), pixels });
}
