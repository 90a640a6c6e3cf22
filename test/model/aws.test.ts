import { randomUUID } from 'node:crypto';
import { CreateBucketCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DynamoJobStore } from '../../functions/aws/dynamodb/job-store.ts';
import { S3ObjectStore } from '../../functions/aws/s3/object-store.ts';
import { retryFailures } from '../../functions/supervise/requests.ts';
import { type AwsEmulator, startAws } from '../support/aws.ts';
import { type DynamoDb, startDynamoDb } from '../support/dynamodb.ts';
import { type FaultyDynamoDb, startFaultyDynamoDb } from '../support/faulty-dynamodb.ts';
import { importStories, tellImport } from './import-story.ts';
import { checkImport } from './import-truth.ts';
import { checkTruth, consistentEvidence } from './invariants.ts';
import { Random } from './random.ts';
import { beginning, plotOf, replicateStories } from './replicate-story.ts';
import type { Adapters } from './schedule.ts';
import { JOB, MINUTES, moments, RUNS, tell, untilEnded } from './story.ts';

/** Each call is a request over HTTP here: fewer stories, and shorter ones. */
const AWS_RUNS = Math.ceil(RUNS / 20);
const shorter = <T extends { readonly steps: number }>(story: T): T => ({
  ...story,
  steps: Math.ceil(story.steps / 4),
});

let dynamoDb: DynamoDb;
let faulty: FaultyDynamoDb;
let aws: AwsEmulator;
beforeAll(async () => {
  dynamoDb = await startDynamoDb();
  faulty = await startFaultyDynamoDb(dynamoDb.endpoint);
  aws = await startAws();
});
afterAll(async () => {
  await faulty.stop();
  await dynamoDb.stop();
  await aws.stop();
});

/** An empty table and an empty bucket. Some writes into the table are throttled, and the answers to some are lost: the SDK repeats them. */
async function emptyAdapters({ seed }: { readonly seed: number }): Promise<Adapters> {
  const random = new Random(seed);
  faulty.otherwise = () => (random.chance(0.02) ? random.pick(['answer lost', 'throttled'] as const) : undefined);
  const bucket = `evidence-${randomUUID()}`;
  await aws.s3.send(new CreateBucketCommand({ Bucket: bucket }));
  return {
    store: new DynamoJobStore(faulty.client, await dynamoDb.createTable()),
    objects: new S3ObjectStore(aws.s3, bucket),
    together: 4,
  };
}

describe('on DynamoDB and S3, under random schedules', () => {
  it(
    'a replicate job ends with one true outcome for each instance, and failures are retried',
    async () => {
      await fc.assert(
        fc.asyncProperty(replicateStories.map(shorter), async (story) => {
          const schedule = beginning(story, await emptyAdapters(story));
          const plot = plotOf(story);
          await tell(schedule, plot);
          await checkTruth(schedule, JOB, await consistentEvidence(schedule, JOB));
          schedule.world.quirks.clear();
          await retryFailures(schedule.ports, JOB, undefined);
          await moments(schedule, plot, 100, true);
          await untilEnded(schedule, plot);
          const { rows } = await consistentEvidence(schedule, JOB);
          expect([...rows.values()].filter((row) => row.outcome === 'failure')).toEqual([]);
        }),
        { numRuns: AWS_RUNS },
      );
    },
    10 * MINUTES,
  );

  it(
    'an import ends with one true outcome for each file, and no header-only copy wins',
    async () => {
      await fc.assert(
        fc.asyncProperty(importStories.map(shorter), async (story) => {
          const { schedule, imported } = await tellImport(story, await emptyAdapters(story));
          checkImport(schedule, imported, await consistentEvidence(schedule, JOB));
        }),
        { numRuns: AWS_RUNS },
      );
    },
    10 * MINUTES,
  );
});
