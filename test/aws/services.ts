import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { killChild, startChild } from './child.ts';
import type { EmulatorAddresses, ToEmulators } from './emulators.ts';
import { type EventBusStandIn, startEventBus } from './event-bus.ts';
import { type LambdaStandIn, startLambda } from './lambda-service.ts';
import { type CountingProxy, startCounting } from './requests.ts';
import { type SecretsStandIn, startSecrets } from './secrets.ts';
import type { RigTime } from './time.ts';

export const REGION = 'us-east-1';
/** That of fauxqs. */
export const ACCOUNT = '000000000000';
const NOBODY = { accessKeyId: 'rig', secretAccessKey: 'rig' };

/**
 * The services of AWS on this machine: SQS and S3 are fauxqs, DynamoDB is dynalite; Secrets Manager, EventBridge and the Lambda
 * API are stand-ins of the rig's own, since no emulator at hand offers them.
 */
export interface Services {
  /** What makes the AWS SDK find them: for a function, and for the command line. */
  readonly env: Readonly<Record<string, string>>;
  readonly sqs: SQSClient;
  readonly s3: S3Client;
  readonly dynamodb: DynamoDBClient;
  readonly secrets: SecretsStandIn;
  readonly bus: EventBusStandIn;
  readonly lambda: LambdaStandIn;
  /** By service, with `count`. */
  readonly counts?: { readonly sqs: CountingProxy; readonly s3: CountingProxy; readonly dynamodb: CountingProxy };
  stop(): Promise<void>;
}

export interface ServicesOptions {
  readonly time: RigTime;
  /** Where the emulators' log goes. */
  readonly folder: string;
  /** Count requests: everything goes through one more process hop. */
  readonly count?: boolean;
}

export async function startServices({ time, folder, count = false }: ServicesOptions): Promise<Services> {
  const child = await startEmulators(time, folder);
  const [message] = (await once(child, 'message')) as [EmulatorAddresses];
  const counts = count ? await countingBefore(message) : undefined;
  const urls = {
    sqs: counts?.sqs.url ?? message.fauxqs,
    s3: counts?.s3.url ?? message.fauxqs,
    dynamodb: counts?.dynamodb.url ?? message.dynalite,
  };
  const [secrets, bus, lambda] = await Promise.all([startSecrets(), startEventBus(), startLambda()]);
  const client = { region: REGION, credentials: NOBODY };
  const sqs = new SQSClient({ ...client, endpoint: urls.sqs });
  const s3 = new S3Client({ ...client, endpoint: urls.s3, forcePathStyle: true });
  const dynamodb = new DynamoDBClient({ ...client, endpoint: urls.dynamodb });
  return {
    env: {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: NOBODY.accessKeyId,
      AWS_SECRET_ACCESS_KEY: NOBODY.secretAccessKey,
      AWS_ENDPOINT_URL_SQS: urls.sqs,
      AWS_ENDPOINT_URL_S3: urls.s3,
      AWS_ENDPOINT_URL_DYNAMODB: urls.dynamodb,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url,
      AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    },
    ...{ sqs, s3, dynamodb, secrets, bus, lambda },
    ...(counts === undefined ? {} : { counts }),
    async stop() {
      for (const used of [sqs, s3, dynamodb]) used.destroy();
      const proxies = counts ? Object.values(counts) : [];
      await Promise.all([...proxies, secrets, bus, lambda].map((service) => service.stop()));
      await killChild(child);
    },
  };
}

async function startEmulators(time: RigTime, folder: string): Promise<ChildProcess> {
  const child = await startChild({
    program: 'emulators.ts',
    nodeOptions: ['--disable-warning=ExperimentalWarning'],
    env: {},
    cwd: folder,
    logFile: join(folder, 'emulators.log'),
  });
  const tell = (message: ToEmulators) => child.send(message, () => undefined);
  time.onMove((moved) => tell({ moved }));
  tell({ clock: time.settings() });
  return child;
}

async function countingBefore({ fauxqs, dynalite }: EmulatorAddresses) {
  const [sqs, s3, dynamodb] = (await Promise.all([fauxqs, fauxqs, dynalite].map(startCounting))) as [
    CountingProxy,
    CountingProxy,
    CountingProxy,
  ];
  return { sqs, s3, dynamodb };
}
