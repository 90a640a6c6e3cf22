import type { JobId } from '../functions/core/ids.ts';
import { ENDED, type Job } from '../functions/core/job.ts';
import { tallyOf } from './evidence/tally.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { type Followed, follow } from './follow.ts';
import { onInterrupt } from './interrupt.ts';
import type { JobsPlace } from './jobs-place.ts';
import type { RunTexts } from './options/general.ts';
import type { Console } from './output/console.ts';
import type { Reporter } from './progress/reporter.ts';
import { tellEnd } from './tell-end.ts';

/** Between two looks; milliseconds. Those at a stack are invocations of a function. */
const LOCAL_EVERY_MS = 500;
const STACK_EVERY_MS = 2000;

export interface Watched {
  readonly console: Console;
  readonly reporter: Reporter;
  readonly place: JobsPlace;
  readonly texts: RunTexts;
}

export interface Seen extends Followed {
  readonly durationMs: number;
}

/** Shows how a job goes on that others work on, and how it ends. Ctrl-C ends the showing alone. */
export async function watchJob(watched: Watched, id: JobId): Promise<ExitCode> {
  const seen = await followJob(watched, id);
  return isOver(watched.place, seen.job) ? tellSeen(watched, seen) : leave(watched, id);
}

/** Shows how a job goes on until it has ended, or Ctrl-C. */
export async function followJob({ reporter, place }: Omit<Watched, 'console' | 'texts'>, id: JobId): Promise<Seen> {
  const interrupt = onInterrupt(() => undefined);
  const startedAt = Date.now();
  const look = place.attend((line) => reporter.note(line));
  try {
    const followed = await follow({
      look: () => look(id),
      onProgress: (progress) => reporter.progress(progress),
      isOver: (job) => isOver(place, job),
      everyMs: place.option === '' ? LOCAL_EVERY_MS : STACK_EVERY_MS,
      signal: interrupt.signal,
    });
    return { ...followed, durationMs: Date.now() - startedAt };
  } finally {
    reporter.close();
    interrupt.release();
  }
}

/** Tells how a job ended that was followed. */
export async function tellSeen({ console, place, texts }: Watched, seen: Seen): Promise<ExitCode> {
  const { job, counts, moved, durationMs } = seen;
  const ended = ENDED.has(job.state);
  return tellEnd(console, texts, {
    kind: ended ? 'ended' : 'interrupted',
    job,
    tally: await tallyOf(place.evidence(job.id), job, counts),
    evidence: job.state.startsWith('completed') ? await place.evidencePlace(job.id) : '',
    option: place.option,
    run: { durationMs, moved },
    content: ended && job.kind === 'import-dry-run' ? await place.content(job.id) : undefined,
  });
}

/** Also when nobody works on it any more. */
function isOver(place: JobsPlace, job: Job): boolean {
  return ENDED.has(job.state) || place.shownState(job) === 'interrupted';
}

function leave({ console, place: { option }, texts, reporter }: Watched, id: JobId): ExitCode {
  if (texts.json) console.out(JSON.stringify({ event: 'left', ts: new Date().toISOString(), job: id }));
  const lines = [
    `job ${id} goes on without this command`,
    `  follow it:   orthanc-migrate status --watch ${id}${option}`,
    ...(option === '' ? [] : [`  pause it:    orthanc-migrate pause ${id}${option}`]),
    `  cancel it:   orthanc-migrate cancel ${id}${option}`,
  ];
  for (const line of lines) reporter.note(line);
  return EXIT.workLeft;
}
