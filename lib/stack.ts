import { CfnOutput, Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { Places } from './access.ts';
import type { Bundler } from './bundle.ts';
import type { Configuration } from './config/schema.ts';
import { DumpBucket } from './dump-bucket.ts';
import { alarmTopic, JobEvents } from './events.ts';
import { EvidenceBucket } from './evidence-bucket.ts';
import { feedFunctions } from './feeds.ts';
import { createFunctions, type Functions } from './functions.ts';
import { JobTable } from './job-table.ts';
import { networkOf } from './network.ts';
import { Observability } from './observability/observability.ts';
import { operatorPolicy, workerPolicy } from './policies.ts';
import { Queues } from './queues.ts';
import { Schedules } from './schedules.ts';
import { settingsOf } from './settings.ts';

/** All of one deployment. Whoever knows its name finds everything else: `<stack>-supervise` is all that is asked. */
export class MigrationStack extends Stack {
  constructor(scope: Construct, configuration: Configuration, bundler: Bundler) {
    const { stack, schedules, network, retention, logLevel } = configuration;
    super(scope, stack, {
      stackName: stack,
      description: 'orthanc-migrate: moves DICOM between Orthanc servers, and proves it',
    });
    const places = this.#places(configuration);
    const defaults = {
      stack,
      bundler,
      environment: settingsOf(configuration),
      network: network && networkOf(this, network),
      logDays: retention.logDays,
      debug: logLevel === 'debug',
    };
    const functions = createFunctions(this, defaults, places);
    feedFunctions(functions, places.queues, configuration.containers);
    const events = new JobEvents(this, 'Events', { stack });
    events.feed(functions.supervise);
    events.grantPublish(functions.supervise);
    new Schedules(this, 'Schedules', { stack, supervise: functions.supervise, schedules });
    operatorPolicy(this, stack, functions.supervise);
    workerPolicy(this, { supervise: functions.supervise, places, events });
    this.#observe(configuration, places, functions, events);
    this.#say(places, functions);
  }

  #places(configuration: Configuration): Places {
    const { stack, kmsKey, uploads, retention } = configuration;
    const key = kmsKey === undefined ? undefined : Key.fromKeyArn(this, 'Key', kmsKey);
    const queues = new Queues(this, 'Queues', { stack, key, uploads: uploads !== undefined });
    const dump =
      uploads && queues.uploads
        ? new DumpBucket(this, 'Dump', { key, prefix: uploads.prefix, queue: queues.uploads.queue }).bucket
        : undefined;
    return {
      configuration,
      table: new JobTable(this, 'Jobs', { key }),
      evidence: new EvidenceBucket(this, 'Evidence', { key, days: retention.evidenceDays }),
      queues,
      dump,
    };
  }

  #observe(
    { stack, alarms }: Configuration,
    { queues, table }: Places,
    functions: Functions,
    { bus }: JobEvents,
  ): void {
    const { enumerate, transfer, import: imports, uploads } = queues;
    new Observability(this, 'Observability', {
      topic: alarmTopic(this, stack, alarms.email),
      bus,
      table: table.table.tableName,
      watched: {
        stack,
        functions,
        queues: {
          enumerate: enumerate.queue,
          transfer: transfer.queue,
          import: imports.queue,
          ...(uploads && { uploads: uploads.queue }),
        },
        workerQueue: queues.worker.queue,
        failures: queues.failures,
        deadLetterQueues: queues.deadLetterQueues,
        limits: alarms,
      },
    });
  }

  /** For people: programs need nothing but the stack's name. */
  #say({ evidence, dump }: Places, { supervise }: Functions): void {
    new CfnOutput(this, 'SuperviseFunction', { value: supervise.functionName });
    new CfnOutput(this, 'EvidenceBucketName', { value: evidence.bucket.bucketName });
    if (dump) new CfnOutput(this, 'DumpBucketName', { value: dump.bucketName });
  }
}
