import { isS3Key } from '../functions/aws/dump/s3-key.ts';
import { beginJob } from '../functions/control/begin-job.ts';
import type { LimitChanges } from '../functions/control/limits.ts';
import type { StorageKeys } from '../functions/core/content.ts';
import type { Endpoint } from '../functions/core/endpoint.ts';
import { UsageError } from '../functions/core/errors.ts';
import type { JobId } from '../functions/core/ids.ts';
import type { DumpPlaces, Job, JobKind } from '../functions/core/job.ts';
import { assessTargetFirst } from './assess.ts';
import type { ExitCode } from './exit-codes.ts';
import { importPlaces, type Places } from './import-places.ts';
import { MemoryEndpoints } from './local/endpoints.ts';
import { type RunTexts, stateDirectory } from './options/general.ts';
import type { Console } from './output/console.ts';
import { reporterOf } from './reporters.ts';
import { runJob } from './run-job.ts';
import type { Runtime } from './runtime/runtime.ts';
import { openState } from './runtime/state.ts';

export interface WantedImport {
  readonly kind: JobKind & ('import' | 'import-dry-run');
  /** As given: folders and files, or places in buckets, or `-` alone. */
  readonly paths: readonly string[];
  readonly target: Endpoint;
  readonly options: Job['options'];
  readonly limits: LimitChanges;
  readonly restart: boolean;
  readonly keys: StorageKeys;
}

/** Checks what is to be read and the target, then runs an import: the unfinished one of the same places, or a new one. */
export async function startImport(console: Console, wanted: WantedImport, texts: RunTexts): Promise<ExitCode> {
  const { target, kind, options, keys } = wanted;
  const directory = stateDirectory(texts);
  const places = await importPlaces(wanted.paths);
  if (isS3Key(places.name) && options.orphans === 'skip')
    throw new UsageError('--orphans skip: in a bucket no index is looked into; copy the storage folder with its index');
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

async function frozen({ ports }: Runtime, id: JobId, { keys, listed }: Places): Promise<DumpPlaces> {
  if (!listed) return { roots: keys };
  const list = `jobs/${id}/names.txt`;
  await ports.objects.write(list, new TextEncoder().encode(keys.map((key) => `${key}\n`).join('')));
  return { list };
}
