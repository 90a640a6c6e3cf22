import { isS3Key } from '../../functions/aws/dump/s3-key.ts';
import type { Dumps } from '../../functions/core/dump.ts';
import type { FatalError } from '../../functions/core/errors.ts';
import { createLocalDumps, type LocalDumpsOptions } from '../local/dump/dumps.ts';
import { watched } from './watch.ts';

export interface RunDumpsOptions extends LocalDumpsOptions {
  /** Told when buckets cannot be read whatever is tried again. */
  readonly onFatal: (error: FatalError) => void;
}

/** Dumps on this machine's file system and in buckets. */
export function createRunDumps(options: RunDumpsOptions): Dumps {
  const local = createLocalDumps(options);
  let buckets: Promise<Dumps> | undefined;
  return {
    keys: options.keys,
    async dump(job) {
      // A job is named after the first thing that it reads.
      if (!isS3Key(job.source)) return local.dump(job);
      buckets ??= bucketDumps(options);
      return watched(await (await buckets).dump(job), options.onFatal);
    },
    async close() {
      await local.close();
      await (await buckets)?.close();
    },
  };
}

/** The AWS SDK takes a while to load: only whoever reads a bucket waits for it. */
async function bucketDumps({ keys, objects }: LocalDumpsOptions): Promise<Dumps> {
  const [{ bucketClient }, { createS3Dumps }] = await Promise.all([
    import('../../functions/aws/dump/client.ts'),
    import('../../functions/aws/dump/dumps.ts'),
  ]);
  const client = bucketClient();
  return { ...createS3Dumps({ client, keys, objects }), close: async () => client.destroy() };
}
