import type { OutcomeCode } from '../../functions/core/outcome.ts';
import { type Copy, copiesOf, type Group, groupsOf, isSkipped } from './copies.ts';
import { expectCode, type Imported } from './import-truth.ts';
import { type Evidence, fail } from './invariants.ts';
import type { Schedule } from './schedule.ts';

/** Nothing was sent, and what would be sent is each instance once. For dumps to which nothing happens. */
export function checkDryRun({ world }: Schedule, { options, presets }: Imported, { rows }: Evidence): void {
  for (const [id, held] of world.target.images) if (presets.get(id) !== held) fail(`${id} was stored in a dry run`);
  for (const copy of copiesOf(world.dump)) if (isSkipped(copy, options)) expectCode(rows, copy, ['ORPHAN_SKIPPED']);
  for (const group of groupsOf(world.dump, options)) {
    if (presets.has(group.id)) continue;
    for (const copy of group.copies)
      expectCode(rows, copy, [codeOf(group, copy) ?? (options.acceptHeaderOnly ? 'WOULD_SEND' : 'PIXEL_DATA_MISSING')]);
  }
}

/** `undefined` for an image whose pixels are nowhere. */
function codeOf({ complete }: Group, copy: Copy): OutcomeCode | undefined {
  if (copy === complete[0]) return 'WOULD_SEND';
  if (complete.includes(copy)) return 'SECOND_FILE';
  if (complete.length > 0) return 'HEADER_ONLY_COPY';
  return copy.dumped.stored?.pixels === 'unknown' ? 'WOULD_SEND' : undefined;
}
