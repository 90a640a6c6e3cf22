import { finalCount } from '../../functions/core/counts.ts';
import { ENDED } from '../../functions/core/job.ts';
import type { Progress } from '../../functions/supervise/progress.ts';
import * as format from '../output/format.ts';
import { wrapped } from '../output/table.ts';
import { unitOf } from '../output/unit.ts';
import { type Blocked, blockedOf } from '../progress/blocked.ts';
import { blockedLine, blockedReason } from '../progress/lines.ts';
import { phaseOf } from '../progress/phase.ts';
import { goesOn } from './goes-on.ts';

export interface ShownStatus {
  readonly progress: Progress;
  readonly state: string;
  /** Where a person finds the evidence, if there is any. */
  readonly evidence: string | undefined;
  /** Of the process that works in the state directory. */
  readonly pid: number | undefined;
  /** What commands about the job need besides: `` or ` --stack NAME`. */
  readonly option: string;
}

/** Where a job stands, for people. */
export function statusLines({ progress, state, evidence, pid, option }: ShownStatus, now: number): string[] {
  const { job, counts, open, listing } = progress;
  const ended = ENDED.has(job.state);
  const total = finalCount(counts) + counts.unsettled + open.instances;
  const by = !ended && pid !== undefined ? ` (process ${pid})` : '';
  const line = (title: string, text: string) => `  ${title.padEnd(10)}${text}`;
  const outcomes = [
    `${format.count(counts.alreadyThere)} already there`,
    `${format.count(counts.sent)} sent (${format.bytes(counts.sentBytes)})`,
    `${format.count(counts.failure)} failed`,
    ...(counts.warning > 0 ? [`${format.count(counts.warning)} with a warning`] : []),
    ...(counts.skipped > 0 ? [`${format.count(counts.skipped)} skipped`] : []),
    ...(counts.unsettled > 0 ? [`${format.count(counts.unsettled)} to be tried again`] : []),
  ];
  return [
    `job ${job.id}: ${state}${by}`,
    ...(job.reason ? wrapped(job.reason.message, '  ') : []),
    line('what', job.kind),
    line('source', job.source),
    line('target', job.target),
    line('begun', format.dateTime(job.createdAt)),
    ...(job.endedAt === undefined ? [] : [line('ended', format.dateTime(job.endedAt))]),
    ...(ended ? [] : [line('phase', `${phaseOf(progress)}, round ${job.round}`)]),
    line(
      `${unitOf(job.kind)}s`,
      `${format.count(finalCount(counts))} of ${listing ? 'at least ' : ''}${format.count(total)}`,
    ),
    line('', outcomes.join(', ')),
    ...(ended ? [] : blockedOf(progress).flatMap((one) => blockedLines(one, now))),
    ...(state === 'interrupted' || state === 'stopped' ? [`  ${goesOn(job.id, option)} goes on with it`] : []),
    ...(evidence === undefined ? [] : [line('evidence', evidence)]),
  ];
}

function blockedLines(blocked: Blocked, now: number): string[] {
  return [`  ${blockedLine(blocked, now)}`, ...wrapped(blockedReason(blocked), '    ')];
}
