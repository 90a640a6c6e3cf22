import { beginJob } from '../functions/control/begin-job.ts';
import { dumpName } from '../functions/control/dump-name.ts';
import type { LimitChanges } from '../functions/control/limits.ts';
import type { StorageKeys } from '../functions/core/content.ts';
import type { Endpoint } from '../functions/core/endpoint.ts';
import { UsageError } from '../functions/core/errors.ts';
import type { EndpointName, FileKey, JobId } from '../functions/core/ids.ts';
import type { DumpPlaces, Job, JobKind } from '../functions/core/job.ts';
import { assessTargetFirst } from './assess.ts';
import type { ExitCode } from './exit-codes.ts';
import { checkRoots } from './local/dump/check-roots.ts';
import { readNames } from './local/dump/names.ts';
import { MemoryEndpoints } from './local/endpoints.ts';
import { type RunTexts, stateDirectory } from './options/common.ts';
import type { Console } from './output/console.ts';
import { reporterOf } from './reporters.ts';
import { runJob } from './run-job.ts';
import type { Runtime } from './runtime/runtime.ts';
import { openState } from './runtime/state.ts';

export interface WantedImport {
  readonly kind: JobKind & ('import' | 'import-dry-run');
  /** As given: folders and files, or `-` alone. */
  readonly paths: readonly string[];
  readonly target: Endpoint;
  readonly options: Job['options'];
  readonly limits: LimitChanges;
  readonly restart: boolean;
  readonly keys: StorageKeys;
}

/** What is to be read, and the name that the job has for it. */
interface Places {
  readonly name: EndpointName;
  readonly keys: readonly FileKey[];
  /** Too many for the job's record: they are kept as an object. */
  readonly listed: boolean;
}

/** More paths than these are kept as a list. */
const MOST_ROOTS = 20;

/** Checks what is to be read and the target, then runs an import: the unfinished one of the same places, or a new one. */
export async function startImport(console: Console, wanted: WantedImport, texts: RunTexts): Promise<ExitCode> {
  const { target, kind, options, keys } = wanted;
  const directory = stateDirectory(texts);
  const places = await placesOf(wanted.paths);
  const reporter = reporterOf(console, texts);
  await assessTargetFirst(target, kind, options, reporter);
  const state = openState({ directory, verbose: texts.verbose ?? false });
  try {
    return await runJob({
      console,
      reporter,
      state,
      sources: { endpoints: new MemoryEndpoints([target]), keys },
      texts,
      begin: (runtime) =>
        beginJob(
          runtime.ports,
          {
            ...wanted,
            source: places.name,
            target: target.name,
            keepPlaces: (id) => frozen(runtime, id, places),
          },
          () => runtime.forgetMessages(),
        ),
    });
  } finally {
    state.close();
  }
}

async function placesOf(paths: readonly string[]): Promise<Places> {
  if (!paths.includes('-')) {
    for (const path of paths)
      if (/^s3:/i.test(path))
        throw new UsageError(`${path}: buckets cannot be read yet; copy the objects into a folder`);
    const keys = await checkRoots(paths);
    return { name: dumpName(keys), keys, listed: keys.length > MOST_ROOTS };
  }
  if (paths.length > 1)
    throw new UsageError('- stands for a list of names on standard input: give it without other paths');
  const keys = await readNames(process.stdin);
  if (keys.length === 0) throw new UsageError('the list of names on standard input is empty');
  return { name: dumpName(keys), keys, listed: true };
}

async function frozen({ ports }: Runtime, id: JobId, { keys, listed }: Places): Promise<DumpPlaces> {
  if (!listed) return { roots: keys };
  const list = `jobs/${id}/names.txt`;
  await ports.objects.write(list, new TextEncoder().encode(keys.map((key) => `${key}\n`).join('')));
  return { list };
}
