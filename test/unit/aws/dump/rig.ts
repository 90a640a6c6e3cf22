/** Buckets in an S3 of this process, and dumps of them that count what they ask for. */
import { S3Client } from '@aws-sdk/client-s3';
import { createS3Dumps } from '../../../../functions/aws/dump/dumps.ts';
import { s3Key } from '../../../../functions/aws/dump/s3-key.ts';
import type { Dump, DumpItem } from '../../../../functions/core/dump.ts';
import type { EndpointName, FileKey, JobId } from '../../../../functions/core/ids.ts';
import type { DumpPlaces } from '../../../../functions/core/job.ts';
import type { ObjectStore } from '../../../../functions/core/ports.ts';
import { MemoryObjects } from '../../../model/memory-objects.ts';
import { type AwsEmulator, CREDENTIALS, REGION, startAws } from '../../../support/aws.ts';
import { fillNoise } from '../../../support/noise.ts';

export interface Buckets {
  readonly aws: AwsEmulator;
  /** Does not try again, so that tests of errors take no time. */
  readonly client: S3Client;
  /** Requests so far, by name. */
  readonly asked: Map<string, number>;
  /** A bucket of its own for each test. */
  bucket(): string;
  stop(): Promise<void>;
}

export async function startBuckets(): Promise<Buckets> {
  const aws = await startAws();
  const client = countedClient(`http://127.0.0.1:${aws.server.port}`);
  let buckets = 0;
  return {
    aws,
    ...client,
    bucket() {
      buckets += 1;
      return aws.server.createBucket(`dump-${buckets}`).bucketName;
    },
    async stop() {
      client.client.destroy();
      await aws.stop();
    },
  };
}

function countedClient(endpoint: string, options: { readonly maxAttempts?: number } = {}) {
  const client = new S3Client({
    endpoint,
    region: REGION,
    credentials: CREDENTIALS,
    forcePathStyle: true,
    maxAttempts: options.maxAttempts ?? 1,
  });
  const asked = new Map<string, number>();
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        const name = commandName.replace('Command', '');
        asked.set(name, (asked.get(name) ?? 0) + 1);
        return next(args);
      },
    { step: 'initialize' },
  );
  return { client, asked };
}

export function openDump(
  client: S3Client,
  places: DumpPlaces,
  options: { readonly pageEntries?: number; readonly objects?: ObjectStore } = {},
): Promise<Dump> {
  const dumps = createS3Dumps({ client, keys: new Map(), objects: new MemoryObjects(), ...options });
  return dumps.dump({ id: 'job' as JobId, source: 's3://…' as EndpointName, dump: places });
}

/** Bytes that are others for another seed. */
export function noise(bytes: number, seed = 1): Buffer {
  const made = Buffer.allocUnsafe(bytes);
  fillNoise(made, seed);
  return made;
}

export function key(bucket: string, name: string): FileKey {
  return s3Key({ bucket, key: name });
}

export async function all(dump: Dump, after?: FileKey): Promise<DumpItem[]> {
  const items: DumpItem[] = [];
  for await (const item of dump.list(after)) items.push(item);
  return items;
}
