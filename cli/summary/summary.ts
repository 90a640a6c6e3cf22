import { join } from 'node:path';
import { finalCount } from '../../functions/core/counts.ts';
import { explainOutcome } from '../../functions/core/outcome.ts';
import { evidencePrefix } from '../../functions/evidence/manifest.ts';
import * as format from '../output/format.ts';
import type { RunEnd } from '../runtime/runtime.ts';
import { objectsFolder } from '../runtime/state.ts';
import type { Tally } from './tally.ts';

export interface Told {
  readonly end: RunEnd;
  readonly tally: Tally;
  /** Of this run, milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** The state directory. */
  readonly directory: string;
}

/** The last event of a run in --json. */
export function endEvent({ end, tally, startedAt, endedAt, directory }: Told): object {
  const { job } = end;
  return {
    event: 'end',
    ts: new Date(endedAt).toISOString(),
    job: job.id,
    state: end.kind === 'interrupted' ? 'interrupted' : job.state,
    ...(job.reason && { reason: job.reason }),
    rounds: job.round,
    scanned: finalCount(tally.counts),
    counts: tally.counts,
    codes: Object.fromEntries([...tally.codes].map(([code, { instances, bytes }]) => [code, { instances, bytes }])),
    durationMs: endedAt - startedAt,
    ...(tally.manifest && { evidence: evidenceFolder(directory, job.id) }),
  };
}

export function summaryLines({ end, tally, startedAt, endedAt, directory }: Told): string[] {
  const { job } = end;
  const { counts } = tally;
  const state = end.kind === 'interrupted' ? 'interrupted' : job.state;
  return [
    `job ${job.id} ${state} after ${format.duration(endedAt - startedAt)}${job.reason ? `: ${job.reason.message}` : ''}`,
    `  ${format.instances(finalCount(counts))}: sent ${format.count(counts.sent)}, there ${format.count(counts.alreadyThere)}`,
    ...[...tally.codes].map(([code, { instances }]) => `  ${format.count(instances)} ${code}: ${explainOutcome(code)}`),
    ...(tally.manifest ? [`  evidence ${evidenceFolder(directory, job.id)}`] : []),
  ];
}

export function evidenceFolder(directory: string, job: RunEnd['job']['id']): string {
  return join(objectsFolder(directory), evidencePrefix(job));
}
