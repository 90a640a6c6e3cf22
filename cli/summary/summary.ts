import { finalCount } from '../../functions/core/counts.ts';
import { type Job, readsDump, writesTarget } from '../../functions/core/job.ts';
import type { OutcomeCode } from '../../functions/core/outcome.ts';
import type { Tally } from '../evidence/tally.ts';
import * as format from '../output/format.ts';
import { wrapped } from '../output/table.ts';
import { goesOn } from './goes-on.ts';
import { outcomeLines } from './outcomes.ts';

export interface Told {
  readonly job: Job;
  /** As shown: `interrupted` for a job that nobody works on. */
  readonly state: string;
  readonly tally: Tally;
  /** Where a person finds the evidence. */
  readonly evidence: string;
  /** What commands about the job need besides: `` or ` --stack NAME`. */
  readonly option: string;
  /** Absent when a job is told about later. */
  readonly run?: {
    readonly durationMs: number;
    readonly moved: { readonly instances: number; readonly bytes: number };
  };
}

/** The last event of a run in --json. */
export function endEvent({ job, state, tally, evidence, run }: Told): object {
  return {
    event: 'end',
    ts: new Date().toISOString(),
    job: job.id,
    kind: job.kind,
    state,
    ...(job.reason && { reason: job.reason }),
    rounds: job.round,
    scanned: finalCount(tally.counts),
    counts: tally.counts,
    codes: Object.fromEntries([...tally.codes].map(([code, { instances, bytes }]) => [code, { instances, bytes }])),
    ...(tally.orphans !== undefined && { orphans: tally.orphans }),
    ...(run && { durationMs: run.durationMs }),
    ...(tally.manifest && { evidence }),
  };
}

/** What became of a job, for people. */
export function summaryLines(told: Told): string[] {
  const { job, state, tally, evidence, run } = told;
  const { counts } = tally;
  const seconds = run && Math.max(run.durationMs, 1) / 1000;
  const rates =
    run && seconds && run.moved.instances > 0
      ? ` (${format.perSecond(run.moved.instances / seconds)}, ${format.bytes(run.moved.bytes / seconds)}/s)`
      : '';
  const after = run ? ` after ${format.duration(run.durationMs)}${rates}` : '';
  return [
    `job ${job.id}: ${state.replaceAll('-', ' ')}${after}`,
    ...(job.reason ? wrapped(job.reason.message, '  ') : []),
    ...(finalCount(counts) === 0 ? nothing(job, state) : [...headline(job, tally), ...outcomeLines(job, tally)]),
    ...orphanLines(job, tally),
    ...conclusion(told),
    ...(tally.manifest ? [`  evidence: ${evidence}`] : []),
  ];
}

function nothing({ kind, options }: Job, state: string): string[] {
  if (state !== 'completed') return [];
  if (readsDump(kind)) return ['  nothing to do: there is no file'];
  return Object.keys(options.selection).length > 0
    ? ['  nothing to do: nothing at the source matches the selection']
    : ['  nothing to do: the source is empty'];
}

/** An import in one sentence: half of a storage folder may be summaries and copies, and that is as it should be. */
function headline({ kind }: Job, { counts, codes, manifest }: Tally): string[] {
  if (kind !== 'import' || !manifest) return [];
  const normal = (code: OutcomeCode, what: string) => {
    const n = codes.get(code)?.instances ?? 0;
    return n > 0 ? [`${format.count(n)} ${what} skipped (normal)`] : [];
  };
  const attention = counts.failure + counts.warning;
  return wrapped(
    [
      `${format.items(counts.success - counts.alreadyThere, 'image')} imported`,
      ...(counts.alreadyThere > 0 ? [`${format.count(counts.alreadyThere)} already there`] : []),
      ...normal('JSON_SUMMARY', 'JSON summaries'),
      ...normal('HEADER_ONLY_COPY', 'header-only copies'),
      attention === 0
        ? 'nothing needs attention'
        : `${format.items(attention, 'file')} need${attention === 1 ? 's' : ''} attention`,
    ].join(', '),
    '  ',
  );
}

function orphanLines({ options }: Job, { orphans = 0 }: Tally): string[] {
  if (orphans === 0) return [];
  const what =
    options.orphans === 'skip'
      ? 'they were left out (--orphans skip)'
      : 'they were treated like the others (--orphans skip leaves them out)';
  return wrapped(
    `${format.items(orphans, 'file')} not known to the index beside them, left over from something deleted: ${what}`,
    '  ',
  );
}

/** What to think of it and what to do next. */
function conclusion({ job, state, tally: { counts }, option }: Told): string[] {
  const { id, kind, state: stored } = job;
  if (stored === 'completed' || stored === 'completed-with-failures') {
    if (counts.failure > 0) return attention(`${id}${option}`, kind, counts.warning);
    if (counts.warning > 0) return ['  a warning needs a look: the files below WARNING/ name each one'];
    if (finalCount(counts) === 0 || kind === 'dry-run' || kind === 'import-dry-run') return [];
    if (kind === 'import') return ['  all images found are in the target'];
    return kind === 'verify' ? ['  the target holds all of it'] : ['  all that the source held is in the target'];
  }
  if (state === 'interrupted' || state === 'stopped') return [`  ${goesOn(id, option)} goes on where it ended`];
  return [];
}

function attention(id: string, kind: Job['kind'], warnings: number): string[] {
  return [
    `  each one, and why:        orthanc-migrate failures ${id}`,
    ...(writesTarget(kind) ? [`  once the cause is gone:   orthanc-migrate retry ${id}`] : []),
    ...(warnings > 0 ? ['  warnings, one by one:     the files below WARNING/'] : []),
  ];
}
