import { type FileItem, type FileKey, fileItem, type Md5, type OrthancId } from '../../functions/core/ids.ts';
import type { JobOptions } from '../../functions/core/job.ts';
import type { Dumped } from './dumped-content.ts';
import type { SimulatedDump, SimulatedFile } from './simulated-dump.ts';
import { md5Of } from './world.ts';

/** One file of the dump that is no archive, or one member of an archive. */
export interface Copy {
  readonly item: FileItem;
  readonly file: SimulatedFile;
  readonly isMember: boolean;
  readonly dumped: Dumped;
  readonly md5: Md5;
  readonly orphan: boolean;
}

/** All copies of one instance in the dump's order. */
export interface Group {
  readonly id: OrthancId;
  readonly copies: readonly Copy[];
  /** Those with nothing missing, in the order in which they are to be taken. */
  readonly complete: readonly Copy[];
  /** The one that is to be in the target. */
  readonly winner: Copy | undefined;
  /** Something happened to one of the copies, or to a file that was one. */
  readonly troubled: boolean;
}

export function copiesOf(dump: SimulatedDump): readonly Copy[] {
  return dump.inOrder.flatMap((file) => {
    const { key, dumped, members, index } = file;
    const orphan = index?.known === false;
    const whole = members.length > 0 ? [] : [copy(file, key, dumped, orphan)];
    return [...whole, ...members.map((member, number) => copy(file, key, member, false, number))];
  });
}

function copy(file: SimulatedFile, key: FileKey, dumped: Dumped, orphan: boolean, member?: number): Copy {
  const item = fileItem(key, member);
  return { item, file, isMember: member !== undefined, dumped, md5: md5Of(dumped.bytes), orphan };
}

export function isSkipped({ orphan, dumped }: Copy, { orphans }: JobOptions): boolean {
  return orphan && dumped.stored !== undefined && orphans === 'skip';
}

/** The copies of each instance, without those that are skipped. */
export function groupsOf(dump: SimulatedDump, options: JobOptions): readonly Group[] {
  const wanted = copiesOf(dump).filter((each) => !isSkipped(each, options));
  const byInstance = Map.groupBy(wanted, ({ dumped }) => dumped.stored?.id);
  const past = new Set([...dump.files.values()].flatMap((file) => file.past.map(({ stored }) => stored?.id)));
  return [...byInstance].flatMap(([id, copies]) => (id === undefined ? [] : [groupOf(id, copies, past.has(id))]));
}

function groupOf(id: OrthancId, copies: readonly Copy[], changed: boolean): Group {
  const images = copies.filter(({ dumped }) => dumped.stored?.pixels === 'present');
  const others = copies.filter(({ dumped }) => dumped.stored?.pixels === 'none-by-nature');
  // Images that an index knows go before those that it does not.
  const complete = [...images.filter(({ orphan }) => !orphan), ...images.filter(({ orphan }) => orphan)];
  const taken = complete.length > 0 ? complete : others;
  const winner = taken.find(({ file }) => !file.damaged);
  return { id, copies, complete: taken, winner, troubled: changed || copies.some(({ file }) => file.troubled) };
}
