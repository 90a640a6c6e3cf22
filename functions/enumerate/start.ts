import type { Checkpoint } from '../core/job.ts';
import { candidateStudies } from './selection.ts';
import { type Enumeration, moveTo, type Step } from './step.ts';
import { writeStudyList } from './study-list.ts';

/** Rounds that take in what changed at the source; a source that never rests would keep a job running for ever. */
const LAST_CATCH_UP_ROUND = 5;
/** Change numbers that are read again: on PostgreSQL a lower one can become visible after a higher one. */
const OVERLAP = 200;

/** Opens a round: takes its cut-off among the source's changes *before* anything is listed, then decides what it is made of. */
export async function startStage(enumeration: Enumeration): Promise<Step> {
  const { job, checkpoint } = enumeration;
  if (job.kind !== 'replicate')
    return checkpoint.kind === 'load' ? openLoad(enumeration, undefined) : moveTo({ stage: 'unsettled', page: 0 });
  const before =
    checkpoint.round > 1 ? await enumeration.ports.store.checkpoint(job.id, checkpoint.round - 1) : undefined;
  if (checkpoint.round > LAST_CATCH_UP_ROUND && checkpoint.kind === 'follow-up')
    return moveTo(
      { stage: 'unsettled', page: 0 },
      before?.cutOff === undefined ? undefined : { cutOff: before.cutOff },
    );
  const cutOff = await enumeration.source.lastChange();
  if (checkpoint.kind === 'load') return openLoad(enumeration, cutOff);
  const learned = { cutOff, ...changesSince(enumeration, before, cutOff) };
  return moveTo(
    checkpoint.kind === 'retry' ? { stage: 'failures', ...job.retry } : { stage: 'unsettled', page: 0 },
    learned,
  );
}

async function openLoad({ ports, job, checkpoint, source }: Enumeration, cutOff: number | undefined): Promise<Step> {
  const studies = await candidateStudies(source, job.options.selection);
  const list = await writeStudyList(ports.objects, job.id, checkpoint.round, studies);
  const learned = { studies: { done: 0, total: studies.length }, ...(cutOff !== undefined && { cutOff }) };
  return moveTo({ stage: 'studies', list, count: studies.length, index: 0 }, learned);
}

function changesSince(
  { ports, job }: Enumeration,
  before: Checkpoint | undefined,
  cutOff: number,
): { changesSince?: number } {
  if (before?.cutOff === undefined) return {};
  if (cutOff >= before.cutOff) return { changesSince: Math.max(0, before.cutOff - OVERLAP) };
  // A shrunken number means a rebuilt server or a cleared history. The final comparison lists both sides and finds what is missing.
  ports.log.warn(
    { job: job.id, source: job.source, last: cutOff, before: before.cutOff },
    'the change numbers of the source went back: its history was cleared',
  );
  return {};
}
