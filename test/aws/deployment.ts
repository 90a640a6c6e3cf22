import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENV, FUNCTION_NAMES } from '../../functions/environment.ts';
import { createFunctions, type Functions } from './functions.ts';
import { type Mappings, startMappings } from './mappings.ts';
import { createBuckets, createQueues, createTables, resourcesOf } from './resources.ts';
import { type Schedule, startSchedule } from './schedule.ts';
import { type Services, startServices } from './services.ts';
import type { Synthesis } from './synthesis.ts';
import { type Resolver, resolver as resolverOf } from './template.ts';
import { DEFAULT_FACTOR, type RigTime, rigTime } from './time.ts';
import { type UploadsBucket, uploadsBucket } from './uploads.ts';

/** A stack that runs on this machine. */
export interface Deployment {
  readonly stack: string;
  readonly time: RigTime;
  readonly services: Services;
  readonly functions: Functions;
  readonly mappings: Mappings;
  /** URL of a queue, by the variable of functions/environment.ts that names it. */
  queue(variable: QueueVariable): string;
  /** URLs of all dead-letter queues. */
  readonly deadLetterQueues: readonly string[];
  readonly evidenceBucket: string;
  readonly uploads?: UploadsBucket;
  /** Holds the functions' logs. */
  readonly folder: string;
  remove(): Promise<void>;
}

type QueueVariable = 'enumerateQueue' | 'transferQueue' | 'importQueue' | 'workerQueue' | 'deadLetterQueue';

export interface DeploymentOptions {
  readonly synthesis: Synthesis;
  readonly factor?: number;
  /** Count the requests to SQS, S3 and DynamoDB. */
  readonly count?: boolean;
  /** Values of the secrets, by ARN. */
  readonly secrets: Readonly<Record<string, unknown>>;
  /** Whether supervision is invoked each minute; else only by requests. */
  readonly scheduled?: boolean;
}

/** EventBridge Scheduler's expression `rate(1 minute)`, which is all that the template may ask of the supervision. */
const MINUTE_MS = 60_000;

export async function deploy(options: DeploymentOptions): Promise<Deployment> {
  const { synthesis, factor = DEFAULT_FACTOR, count = false, scheduled = true } = options;
  const folder = await mkdtemp(join(tmpdir(), 'om-aws-'));
  const time = rigTime(factor);
  const services = await startServices({ time, folder, count });
  const place = { stack: synthesis.stack, sqsUrl: String(services.env.AWS_ENDPOINT_URL_SQS) };
  const resolver = resolverOf(synthesis.template, place);
  await createQueues(services.sqs, synthesis.template, resolver);
  await createTables(services.dynamodb, synthesis.template, resolver);
  await createBuckets(services.s3, synthesis.template, resolver);
  for (const [arn, value] of Object.entries(options.secrets)) services.secrets.put(arn, value);
  const functions = complete(await createFunctions({ synthesis, resolver, time, folder, overrides: services.env }));
  for (const lambda of Object.values(functions)) services.lambda.functions.set(lambda.name, lambda);
  const mappings = startMappings(synthesis, resolver, functions, services, time);
  const schedule = scheduled ? minuteSchedule(synthesis, resolver, functions, time) : undefined;
  const { env } = functions.supervise.settings;
  const uploads =
    env[ENV.uploads] === undefined ? undefined : uploadsBucket(synthesis.template, resolver, services, time);
  return {
    stack: synthesis.stack,
    ...{ time, services, functions, mappings, folder },
    queue: (variable) => String(env[ENV[variable]]),
    deadLetterQueues: deadLetterQueues(synthesis, resolver),
    evidenceBucket: String(env[ENV.evidenceBucket]),
    ...(uploads === undefined ? {} : { uploads }),
    async remove() {
      await schedule?.stop();
      await Promise.all([...mappings.values()].map((mapping) => mapping.stop()));
      await Promise.all(Object.values(functions).map((lambda) => lambda.end()));
      await services.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function complete(functions: Partial<Functions>): Functions {
  const missing = FUNCTION_NAMES.filter((name) => functions[name] === undefined);
  if (missing.length > 0) throw new Error(`the template has no function for ${missing.join(', ')}`);
  return functions as Functions;
}

/** Supervision by the template's own schedule. */
function minuteSchedule(synthesis: Synthesis, resolver: Resolver, functions: Functions, time: RigTime): Schedule {
  const schedules = resourcesOf(synthesis.template, 'AWS::Scheduler::Schedule');
  const [, each] = schedules.find(([, { ScheduleExpression }]) => ScheduleExpression === 'rate(1 minute)') ?? [];
  if (!each) throw new Error('the template has no schedule of rate(1 minute)');
  const { Arn, Input } = each.Target as { Arn: unknown; Input?: unknown };
  if (resolver.text(Arn) !== functions.supervise.settings.arn)
    throw new Error('the schedule of each minute does not invoke the supervision');
  const event = Input === undefined ? {} : (JSON.parse(resolver.text(Input)) as unknown);
  return startSchedule(functions.supervise, event, MINUTE_MS, time);
}

function deadLetterQueues(synthesis: Synthesis, resolver: Resolver): string[] {
  const queues = resourcesOf(synthesis.template, 'AWS::SQS::Queue');
  const targets = new Set(
    queues.flatMap(([, { RedrivePolicy }]) => {
      const policy = resolver.resolve(RedrivePolicy ?? {}) as { deadLetterTargetArn?: string };
      return policy.deadLetterTargetArn ?? [];
    }),
  );
  return queues
    .map(([id]) => resolver.attributes(id))
    .filter(({ Arn = '' }) => targets.has(Arn))
    .map(({ Ref = '' }) => Ref);
}
