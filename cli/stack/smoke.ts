import type { Answers } from '../../functions/control/answers.ts';
import type { Requests } from '../../functions/control/requests.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { CommonTexts } from '../options/general.ts';
import type { Console } from '../output/console.ts';
import * as format from '../output/format.ts';
import { wrapped } from '../output/table.ts';
import type { Reporter } from '../progress/reporter.ts';
import { reporterOf } from '../reporters.ts';
import { followJob, type Seen, tellSeen } from '../watch-job.ts';
import type { Stack } from './client.ts';
import { stackJobs } from './jobs.ts';

/** Lets a stack move a study of nobody, and deletes it again however that went. */
export async function smokeOnStack(
  console: Console,
  stack: Stack,
  servers: Requests['smoke'],
  texts: CommonTexts,
): Promise<ExitCode> {
  const reporter = reporterOf(console, texts);
  const place = stackJobs(stack);
  const { job } = await stack.ask('smoke', servers);
  reporter.job(job, 'new');
  const seen = await cleaning(reporter, stack, job.id, () => followJob({ reporter, place }, job.id));
  const passed = hasPassed(seen.followed, seen.cleaned);
  if (passed && !texts.json) for (const line of passedLines(stack, seen.followed)) console.out(line);
  if (passed && texts.json) console.out(JSON.stringify(passedEvent(stack, seen.followed)));
  if (passed) return EXIT.done;
  const code = await tellSeen({ console, reporter, place, texts }, { ...seen.followed, job: seen.cleaned.job });
  reporter.note('the smoke test has failed');
  return code === EXIT.done ? EXIT.needsALook : code;
}

type Cleaned = Answers['smoke-clean'];

/** The study is deleted however the test goes; when that fails, the reason of the first failure is the one that is told. */
async function cleaning(
  reporter: Reporter,
  stack: Stack,
  job: Requests['smoke-clean']['job'],
  test: () => Promise<Seen>,
): Promise<{ readonly followed: Seen; readonly cleaned: Cleaned }> {
  const clean = () => stack.ask('smoke-clean', { job });
  let followed: Seen;
  try {
    followed = await test();
  } catch (error) {
    await clean().catch(() => reporter.note(`the study of the smoke test ${job} could not be deleted`));
    throw error;
  }
  return { followed, cleaned: await clean() };
}

/** Both servers had all of it until now, and every instance is proven. */
function hasPassed({ job, counts }: Seen, { removed }: Cleaned): boolean {
  const { success, sent, warning, failure, skipped } = counts;
  const clean = success > 0 && sent === success && warning + failure + skipped === 0;
  return job.state === 'completed' && clean && removed.source && removed.target;
}

function passedLines({ name }: Stack, { job, counts, durationMs }: Seen): string[] {
  const text =
    `smoke test passed in ${format.duration(durationMs)}: stack ${name} moved ${format.items(counts.success, 'instance')} ` +
    `from ${job.source} to ${job.target}, and ${job.target} recorded the same content (MD5); the evidence is written, and ` +
    'the study is deleted from both servers';
  const [first = '', ...rest] = wrapped(text, '');
  return [first, ...rest.map((line) => `  ${line}`)];
}

function passedEvent({ name }: Stack, { job, counts, durationMs }: Seen): object {
  const { id, source, target, state } = job;
  return {
    event: 'smoke',
    ts: new Date().toISOString(),
    stack: name,
    job: id,
    source,
    target,
    state,
    counts,
    durationMs,
    exitCode: EXIT.done,
  };
}
