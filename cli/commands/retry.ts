import { findJob } from '../../functions/control/find-job.ts';
import { canRetry, retryJob } from '../../functions/control/retry-job.ts';
import type { Endpoint } from '../../functions/core/endpoint.ts';
import { UsageError } from '../../functions/core/errors.ts';
import type { JobId } from '../../functions/core/ids.ts';
import { type Job, readsDump } from '../../functions/core/job.ts';
import { assessFirst, assessTargetFirst } from '../assess.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { MemoryEndpoints } from '../local/endpoints.ts';
import { addEndpointOptions, type EndpointTexts, parseEndpointsOf, parseTargetOf } from '../options/endpoints.ts';
import { requireFailureCode } from '../options/failure-code.ts';
import { addRunOptions, type RunTexts } from '../options/general.ts';
import { wantedJob } from '../options/job.ts';
import { stackOf } from '../options/stack.ts';
import { addStorageKeyOption, readStorageKeys, type StorageKeyTexts } from '../options/storage-keys.ts';
import type { Console } from '../output/console.ts';
import type { Reporter } from '../progress/reporter.ts';
import { reporterOf } from '../reporters.ts';
import { runJob } from '../run-job.ts';
import { localPorts, type State } from '../runtime/state.ts';
import { runOnStack } from '../stack/run-job.ts';
import { withStack } from '../stack/with-stack.ts';
import { withState } from '../with-state.ts';
import type { Add } from './command.ts';

type Texts = RunTexts & EndpointTexts & StorageKeyTexts & { reason?: string; source?: string; target?: string };

export const addRetry: Add = (program, console, end) => {
  const command = program
    .command('retry')
    .summary('try the final failures of a job again')
    .description('Tries the final failures of a job again, once their cause is gone: all, or those of one code.')
    .argument('[job]', 'id of the job, or the beginning or end of it (default: the newest)')
    .option('--reason <code>', 'only failures of this code, as "orthanc-migrate failures" shows it')
    .option('--source <url>', 'URL of the source again, with its credentials')
    .option('--target <url>', 'URL of the target again, with its credentials');
  addStorageKeyOption(command);
  addEndpointOptions(command);
  addRunOptions(command);
  command.action(async (id: string | undefined, texts: Texts) => {
    requireFailureCode(texts.reason);
    const stack = stackOf(texts);
    if (stack !== undefined) return end(await retryOnStack(console, stack, id, texts));
    end(await withState(texts, (state) => retry(console, state, id, texts)));
  });
};

/** Raises `UsageError` for what would be ignored. */
function refuseForeignOptions({ id, kind }: Job, { source, storageKey }: Texts): void {
  if (readsDump(kind) && source !== undefined)
    throw new UsageError(`--source: job ${id} is an import, and reads the same files again`);
  if (!readsDump(kind) && storageKey !== undefined)
    throw new UsageError(`--storage-key: job ${id} is no import, and reads no files`);
}

async function retry(console: Console, state: State, id: string | undefined, texts: Texts): Promise<ExitCode> {
  const job = await findJob(state.store, id);
  refuseForeignOptions(job, texts);
  const keys = readStorageKeys(texts);
  const reporter = reporterOf(console, texts);
  if (!(await canRetry(localPorts(state), job, texts.reason))) return nothingToRetry(console, job.id, texts);
  const endpoints = await assessed(job, texts, reporter);
  return runJob({
    console,
    reporter,
    state,
    sources: { endpoints: new MemoryEndpoints(endpoints), keys },
    texts,
    begin: (runtime) => retryJob(runtime.ports, job, texts.reason, () => runtime.forgetMessages()),
  });
}

function nothingToRetry(console: Console, job: JobId, { reason, json }: Texts): ExitCode {
  if (json) console.out(JSON.stringify({ event: 'nothing', ts: new Date().toISOString(), job }));
  else console.out(`job ${job} has no failure${reason === undefined ? '' : ` ${reason}`}: nothing to retry`);
  return EXIT.done;
}

function retryOnStack(console: Console, name: string, id: string | undefined, texts: Texts): Promise<ExitCode> {
  const code = texts.reason === undefined ? {} : { code: texts.reason };
  return withStack(console, name, texts, async (stack) => {
    const { job, how } = await stack.ask('retry', { ...wantedJob(id), ...code });
    if (how === 'nothing') return nothingToRetry(console, job.id, texts);
    return runOnStack(console, stack, texts, async () => ({ job, how }));
  });
}

/** The servers of the job, once they were found fit for it. */
async function assessed(job: Job, texts: Texts, reporter: Reporter): Promise<readonly Endpoint[]> {
  if (readsDump(job.kind)) {
    const target = parseTargetOf(job, texts);
    await assessTargetFirst(target, job.kind, job.options, reporter);
    return [target];
  }
  const pair = parseEndpointsOf(job, texts);
  await assessFirst(pair, job.kind, job.options, reporter);
  return [pair.source, pair.target];
}
