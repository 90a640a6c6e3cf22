import { type Cursor, takesUploads } from '../../core/job.ts';
import { packThinly } from '../../core/packing.ts';
import type { FileEntry } from '../../core/plan.ts';
import { factOf, failuresToRetry } from '../failures.ts';
import { type DumpEnumeration, moveTo, type Step } from '../step.ts';
import { triedBefore, unsettledRows } from '../unsettled.ts';
import { type Again, planAgain } from './again.ts';
import { dumpStage } from './dump.ts';
import { heldStage } from './held.ts';
import { uploadsStage } from './uploads.ts';

/** What comes next of the plan of an import, from where its cursor stands. */
export async function nextDumpStep(enumeration: DumpEnumeration): Promise<Step> {
  const { cursor } = enumeration.checkpoint;
  switch (cursor.stage) {
    case 'start':
      return moveTo(firstStage(enumeration));
    case 'dump':
      return dumpStage(enumeration, cursor);
    case 'held':
      return heldStage(enumeration, cursor);
    case 'unsettled':
      return unsettledFiles(enumeration, cursor);
    case 'failures':
      return failedFiles(enumeration, cursor);
    case 'uploads':
      return uploadsStage(enumeration, cursor);
    case 'studies':
    case 'changes':
    case 'compare':
    case 'done':
      return { chunks: [], next: { stage: 'done' } };
  }
}

function firstStage({ job, checkpoint }: DumpEnumeration): Cursor {
  switch (checkpoint.kind) {
    case 'load':
      return takesUploads(job) ? { stage: 'uploads', entry: 0, line: 0 } : { stage: 'dump' };
    case 'follow-up':
      return { stage: 'unsettled', page: 0 };
    case 'retry':
      return { stage: 'failures', ...job.retry };
  }
}

async function unsettledFiles(enumeration: DumpEnumeration, cursor: Cursor & { stage: 'unsettled' }): Promise<Step> {
  const { ports, job, checkpoint } = enumeration;
  const page = await ports.store.page(job.id, checkpoint.round - 1, cursor.page);
  if (!page) return moveTo({ stage: 'done' });
  const again = (await unsettledRows(ports.objects, page)).flatMap((row): Again[] =>
    row.file === undefined ? [] : [{ subject: row, history: triedBefore(row) }],
  );
  return { chunks: packFiles(await planAgain(enumeration, again)), next: { ...cursor, page: cursor.page + 1 } };
}

async function failedFiles(enumeration: DumpEnumeration, cursor: Cursor & { stage: 'failures' }): Promise<Step> {
  const { ports, job, checkpoint } = enumeration;
  const { chosen, after } = await failuresToRetry(ports, job, checkpoint, cursor);
  if (after === undefined) return moveTo({ stage: 'done' });
  const again = chosen.flatMap(({ row }): Again[] =>
    row.file === undefined ? [] : [{ subject: row, history: { prior: factOf(row) } }],
  );
  return { chunks: packFiles(await planAgain(enumeration, again)), next: { ...cursor, after } };
}

/** Thinly, so that what fails together is little; but an archive is opened once for all of its members. */
function packFiles(entries: readonly FileEntry[]): readonly (readonly FileEntry[])[] {
  const archives = Map.groupBy(
    entries.filter(({ member }) => member),
    ({ file }) => file,
  );
  const files = entries.filter(({ member }) => !member);
  return [...(packThinly(files) as readonly (readonly FileEntry[])[]), ...archives.values()];
}
