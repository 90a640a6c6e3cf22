import type { ItemId, OrthancId } from '../../functions/core/ids.ts';
import type { JobOptions } from '../../functions/core/job.ts';
import type { OutcomeCode, OutcomeRow } from '../../functions/core/outcome.ts';
import { type Copy, copiesOf, type Group, groupsOf, isSkipped } from './copies.ts';
import { type Evidence, fail } from './invariants.ts';
import type { Schedule } from './schedule.ts';
import type { Image, World } from './world.ts';

/** What the checks of an import need beside its evidence. */
export interface Imported {
  readonly options: JobOptions;
  /** What the target had before. */
  readonly presets: ReadonlyMap<OrthancId, Image>;
  /** Instances that the target does not take as they are, or did not for a while. */
  readonly quirky: ReadonlySet<OrthancId>;
}

type Rows = Evidence['rows'];

/** Every file has its outcome, every outcome is true, and no image has lost its pixels on the way. */
export function checkImport({ world }: Schedule, imported: Imported, { rows }: Evidence): void {
  checkOneForEach(world, rows);
  checkProofs(world, rows);
  const groups = groupsOf(world.dump, imported.options);
  checkTarget(world, imported, groups);
  for (const group of groups) checkGroup(world, imported, group, rows);
  for (const copy of copiesOf(world.dump)) {
    const { code } = copy.dumped;
    const expected = isSkipped(copy, imported.options) ? 'ORPHAN_SKIPPED' : code;
    if (expected && !copy.file.troubled) expectCode(rows, copy, [expected]);
  }
}

function checkOneForEach({ dump }: World, rows: Rows): void {
  const missing = new Set<ItemId>(rows.keys());
  for (const copy of copiesOf(dump)) {
    missing.delete(copy.item);
    const { file, isMember, item } = copy;
    const archive = rows.get(file.key as string as ItemId);
    const neverSeen = file.gone && !archive;
    if (rows.has(item) || neverSeen) continue;
    if (!isMember || archive?.code === 'ARCHIVE_EXPANDED') fail(`${item} has no outcome`);
  }
  for (const { key, members } of dump.files.values()) if (members.length > 0) missing.delete(key as string as ItemId);
  for (const item of missing) fail(`${item} was never in the dump`);
}

function checkProofs({ target }: World, rows: Rows): void {
  for (const [item, row] of rows) {
    if (row.outcome !== 'success' && row.code !== 'STORED_WITHOUT_PIXELS') continue;
    const held = row.instance && target.images.get(row.instance);
    if (!held) fail(`${item} is ${row.code}, but not in the target`);
    if (row.md5Source !== held.md5 || row.md5Target !== held.md5) fail(`false proof of ${item}`);
  }
}

/** Of what the target has beyond what it had before: an image only without pixels where that is accepted, and all that there is. */
function checkTarget({ target, contents, quirks }: World, imported: Imported, groups: readonly Group[]): void {
  const byId = new Map(groups.map((group) => [group.id, group]));
  for (const [id, held] of target.images) {
    if (imported.presets.has(id)) continue;
    if (!contents.has(held.md5) && !imported.quirky.has(id)) fail(`${id} is nothing that was in the dump`);
    if (held.pixels !== 'missing') continue;
    if (!imported.options.acceptHeaderOnly) fail(`${id} was stored without its pixels`);
    if (byId.get(id)?.complete.some(isSound)) fail(`${id} was stored without its pixels, and the dump has them`);
  }
  for (const [id, held] of imported.presets) if (target.images.get(id)?.md5 !== held.md5) fail(`${id} was replaced`);
  for (const { id, troubled, winner } of groups) {
    if (troubled || !winner || imported.quirky.has(id) || quirks.has(id) || imported.presets.has(id)) continue;
    const held = target.images.get(id) ?? fail(`${id} is not in the target`);
    if (held.md5 !== winner.md5) fail(`${id}: of several files ${winner.item} should have been taken`);
  }
}

function isSound({ file }: Copy): boolean {
  return !file.troubled && !file.damaged;
}

function checkGroup(world: World, imported: Imported, group: Group, rows: Rows): void {
  const { id, troubled, complete, copies } = group;
  const isQuirky = imported.quirky.has(id);
  for (const copy of copies) {
    const row = rows.get(copy.item);
    const isProven = row?.outcome === 'success' && row.instance === id;
    if (isQuirky && world.quirks.has(id) && isProven && !imported.presets.has(id))
      fail(`${copy.item} cannot be stored, but is ${row.code}`);
    const isLost = complete.includes(copy) && isSound(copy) && !world.target.images.has(id);
    if (isLost && row?.outcome !== 'failure') fail(`${copy.item} is not in the target, but ${row?.code}`);
    // A header-only copy gives way to a complete one even if the target takes none of them.
    const isSent = complete.length === 0 || complete.includes(copy);
    if (troubled || (isQuirky && isSent)) continue;
    expectCode(rows, copy, codesOf(imported, group, copy));
    const otherFile = row?.file === undefined ? undefined : row.otherFile;
    if (isDuplicate(row?.code) && otherFile !== group.winner?.item && !imported.presets.has(id))
      fail(`${copy.item} names ${otherFile} and not the file that was taken, ${group.winner?.item}`);
  }
}

function isDuplicate(code: OutcomeCode | undefined): boolean {
  return code === 'DUPLICATE' || code === 'DUPLICATE_CONFLICT';
}

/** What may become of a copy to which nothing happened. */
function codesOf({ options, presets }: Imported, group: Group, copy: Copy): readonly OutcomeCode[] {
  const held = presets.get(group.id);
  if (group.complete.length === 0 && copy.file.damaged) return ['FILE_DAMAGED', ...codesWithoutPixels(options, held)];
  if (group.complete.length === 0 && copy.dumped.stored?.pixels === 'unknown')
    return ['TARGET_REFUSED', 'CONFLICT_KEPT', 'DUPLICATE_CONFLICT'];
  if (group.complete.length === 0) return codesWithoutPixels(options, held);
  if (!group.complete.includes(copy)) return ['HEADER_ONLY_COPY'];
  if (copy.file.damaged) return ['FILE_DAMAGED'];
  const isWinner = copy === group.winner;
  if (!held && isWinner) return ['STORED', 'ALREADY_PRESENT'];
  if (!held) return [copy.md5 === group.winner?.md5 ? 'DUPLICATE' : 'DUPLICATE_CONFLICT'];
  if (held.md5 === copy.md5) return isWinner ? ['ALREADY_PRESENT', 'DUPLICATE'] : ['DUPLICATE', 'ALREADY_PRESENT'];
  return ['CONFLICT_KEPT', 'DUPLICATE_CONFLICT'];
}

function codesWithoutPixels({ acceptHeaderOnly }: JobOptions, held: Image | undefined): readonly OutcomeCode[] {
  if (held?.pixels === 'present') return ['HEADER_ONLY_COPY'];
  if (!acceptHeaderOnly) return ['PIXEL_DATA_MISSING'];
  return held ? ['ALREADY_PRESENT', 'CONFLICT_KEPT'] : ['STORED_WITHOUT_PIXELS', 'ALREADY_PRESENT', 'CONFLICT_KEPT'];
}

export function expectCode(rows: ReadonlyMap<ItemId, OutcomeRow>, { item }: Copy, codes: readonly OutcomeCode[]): void {
  const row = rows.get(item) ?? fail(`${item} has no outcome`);
  if (!codes.includes(row.code)) fail(`${item} is ${row.code}, but should be ${codes.join(' or ')}`);
}
