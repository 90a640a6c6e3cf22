import { Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import { ENV, type FunctionName } from '../functions/environment.ts';
import type { Configuration } from './config/schema.ts';
import { grantReadDumps } from './dump-bucket.ts';
import type { EvidenceBucket } from './evidence-bucket.ts';
import type { JobTable } from './job-table.ts';
import type { Queues } from './queues.ts';
import { grantReadSecrets } from './secrets.ts';
import { secretsForFunctions } from './settings.ts';

/** What functions work with. */
export interface Places {
  readonly configuration: Configuration;
  readonly table: JobTable;
  readonly evidence: EvidenceBucket;
  readonly queues: Queues;
  /** The bucket for uploads. */
  readonly dump: Bucket | undefined;
}

/** Gives each function the rights that its use case needs, and none beyond. */
export const ACCESS: Readonly<Record<FunctionName, (user: LambdaFunction, places: Places) => void>> = {
  supervise(user, places) {
    const { queues, configuration } = places;
    useJobs(user, places);
    // Pokes the enumerator, queues again what got lost, puts final failures aside.
    for (const queue of chunkQueues(queues)) queue.grantSend(user);
    queues.enumerate.grantSend(user);
    queues.failures.grantSendMessages(user);
    grantDepths(user, queues);
    grantReadSecrets(user, secretsForFunctions(configuration));
    grantDecrypt(user, configuration);
  },
  enumerate(user, places) {
    const { queues, configuration } = places;
    useJobs(user, places);
    for (const queue of chunkQueues(queues)) queue.grantSend(user);
    // What is tried again is no final failure any more.
    queues.failures.grantConsumeMessages(user);
    grantReadSecrets(user, [...secretsForFunctions(configuration), ...storageKeys(configuration)]);
    grantReadDumps(user, places.dump, configuration.dumpBuckets);
    grantDecrypt(user, configuration);
  },
  transfer(user, places) {
    const { configuration } = places;
    useJobs(user, places);
    grantReadSecrets(user, secretsForFunctions(configuration));
    grantDecrypt(user, configuration);
  },
  import(user, places) {
    const { configuration } = places;
    useJobs(user, places);
    grantReadSecrets(user, [...secretsForFunctions(configuration), ...storageKeys(configuration)]);
    grantReadDumps(user, places.dump, configuration.dumpBuckets);
    grantDecrypt(user, configuration);
  },
  uploads(user, { table, evidence }) {
    table.grantUse(user);
    evidence.grantWrite(user);
  },
};

/** What is encrypted with a key of the user's, a secret or a dump, can be read. */
export function grantDecrypt(user: IGrantable, { decryptKeys }: Configuration): void {
  if (decryptKeys.length === 0) return;
  const statement = new PolicyStatement({ actions: ['kms:Decrypt'], resources: decryptKeys });
  user.grantPrincipal.addToPrincipalPolicy(statement);
}

/** The job store, and plans, receipts and evidence. */
export function useJobs(user: IGrantable & IConstruct, { table, evidence }: Places): void {
  table.grantUse(user);
  evidence.grantRead(user);
  evidence.grantWrite(user);
}

export function storageKeys({ storageKeysSecret }: Configuration): string[] {
  return storageKeysSecret === undefined ? [] : [storageKeysSecret];
}

function chunkQueues({ transfer, import: imports, worker }: Queues) {
  return [transfer, imports, worker];
}

/** How much is in each queue, also in those that nothing is sent to. */
function grantDepths(user: LambdaFunction, queues: Queues): void {
  const others: Queue[] = Object.values(queues.deadLetterQueues);
  const read = queues.uploads ? [...others, queues.uploads.queue] : others;
  user.addToRolePolicy(
    new PolicyStatement({ actions: ['sqs:GetQueueAttributes'], resources: read.map(({ queueArn }) => queueArn) }),
  );
  user.addEnvironment(ENV.otherDeadLetterQueues, Stack.of(user).toJsonString(others.map(({ queueUrl }) => queueUrl)));
}
