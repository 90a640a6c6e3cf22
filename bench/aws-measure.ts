import type { JobId } from '../functions/core/ids.ts';
import { type Depth, depthOf } from '../test/aws/queues.ts';
import type { OperationCount } from '../test/aws/requests.ts';
import { QUIET_MINUTES, type Stack, startStack } from '../test/e2e/aws/stack.ts';
import { makeImage } from '../test/e2e/import/objects.ts';
import { archive } from '../test/support/archive.ts';
import { startOrthanc } from '../test/support/orthanc.ts';
import { until } from '../test/support/until.ts';
import { upload } from '../test/support/upload.ts';

/** What one whole job asked of AWS: numbers of requests, and units of DynamoDB. */
export interface Usage {
  readonly sqs: number;
  readonly dynamodbRequests: number;
  readonly dynamodbWrites: number;
  readonly dynamodbReads: number;
  readonly s3Writes: number;
  readonly s3Reads: number;
  readonly invocations: number;
  /** Of all functions but the supervisor, by the machine's clock, with files of 2 kB; milliseconds. */
  readonly durationMs: number;
  /** Invocations of the supervisor, which cost the same whatever the job moves. */
  readonly ticks: number;
}

const BYTES = 2000;
const MINUTE_MS = 60_000;
/** Longer than an enumerator's pause, and than the window of uploads. */
const BETWEEN_TICKS_MS = 12_000;
const MOST_TICKS = 20;
/** Nothing is hastened: an empty poll costs as much as a full one. */
const UNHURRIED = { factor: 1, scheduled: false, count: true } as const;
const READS = /^(GetItem|BatchGetItem|Query|Scan)$/;

/** Replicates so many instances. */
export async function measureReplicate(instances: number, instancesPerStudy: number): Promise<Usage> {
  const [source, target] = await Promise.all([startOrthanc({ version: '1.10' }), startOrthanc({ version: '1.13' })]);
  try {
    await upload(
      source.url,
      archive({ studies: instances / instancesPerStudy, instancesPerStudy, bytes: BYTES, seed: 41 }),
    );
    const stack = await startStack({ source: source.url, target: target.url, ...UNHURRIED });
    try {
      const { job } = await stack.control('start', { kind: 'replicate', source: 'source', target: 'target' });
      return await usageUntilEnd(stack, job.id, instances, target.url);
    } finally {
      await stack.remove();
    }
  } finally {
    await Promise.all([source.stop(), target.stop()]);
  }
}

/** Takes in so many uploads. What the uploading itself asks of S3 is not counted. */
export async function measureUploads(instances: number): Promise<Usage> {
  const target = await startOrthanc({ version: '1.13' });
  const stack = await startStack({ target: target.url, ...UNHURRIED });
  try {
    for (let index = 0; index < instances; index += 1)
      await stack.uploads?.upload(`incoming/${index}.dcm`, makeImage('CT', index, { bytes: BYTES }));
    const job = 'uploads-000001' as JobId;
    const { services, uploads } = stack;
    const waiting = async () => depthOf(services.sqs, uploads?.queueUrl ?? '');
    await until('the uploads are taken down', async () => total(await waiting()) === 0, 120);
    await stack.control('tick', {});
    const usage = await usageUntilEnd(stack, job, instances, target.url, QUIET_MINUTES * MINUTE_MS);
    // Put by the rig itself: an object and the message that S3 sends without a charge.
    return { ...usage, s3Writes: usage.s3Writes - instances, sqs: usage.sqs - instances };
  } finally {
    await stack.remove();
    await target.stop();
  }
}

/** Asks for supervision only once everything has arrived: what that asks for is the same then however long the transfers took. */
async function usageUntilEnd(stack: Stack, job: JobId, instances: number, target: string, quietMs = 0): Promise<Usage> {
  await until('all has arrived', async () => (await storedInstances(target)) >= instances, 1200);
  await stack.time.sleep(BETWEEN_TICKS_MS);
  if (quietMs > 0) await stack.time.move(quietMs);
  for (let ticks = 0; ticks < MOST_TICKS; ticks += 1) {
    await stack.control('tick', {});
    await stack.time.sleep(BETWEEN_TICKS_MS);
    const { job: now, counts } = await stack.status(job);
    if (now.state === 'running' || now.state === 'finishing') continue;
    if (now.state !== 'completed' || counts.success !== instances)
      throw new Error(`the job is ${now.state} with ${JSON.stringify(counts)}`);
    return usageOf(stack);
  }
  throw new Error(`the job has not ended after ${MOST_TICKS} looks of the supervisor`);
}

function total({ visible, inFlight, delayed }: Depth): number {
  return visible + inFlight + delayed;
}

async function storedInstances(url: string): Promise<number> {
  const answer = await fetch(new URL('statistics', url));
  return ((await answer.json()) as { CountInstances: number }).CountInstances;
}

function usageOf({ services, functions }: Stack): Usage {
  if (!services.counts) throw new Error('the requests were not counted');
  const { sqs, s3, dynamodb } = services.counts;
  const { supervise, ...others } = functions;
  const all = Object.values(others).map(({ statistics }) => statistics);
  const tables = [...dynamodb.operations];
  const reads = tables.filter(([name]) => READS.test(name));
  const s3Reads = [...s3.operations].filter(([name]) => /^(GET|HEAD) object/.test(name));
  const sum = (counts: readonly (readonly [string, OperationCount])[], field: keyof OperationCount) =>
    counts.reduce((before, [, count]) => before + count[field], 0);
  return {
    sqs: sum([...sqs.operations], 'requests'),
    dynamodbRequests: sum(tables, 'requests'),
    dynamodbWrites: sum(tables, 'units') - sum(reads, 'units'),
    dynamodbReads: sum(reads, 'units'),
    s3Writes: sum([...s3.operations], 'requests') - sum(s3Reads, 'requests'),
    s3Reads: sum(s3Reads, 'requests'),
    invocations: all.reduce((before, { invocations }) => before + invocations, 0),
    durationMs: all.reduce((before, { durationMs }) => before + durationMs, 0),
    ticks: supervise.statistics.invocations,
  };
}
