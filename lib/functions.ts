import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ENV } from '../functions/environment.ts';
import { ACCESS, type Places } from './access.ts';
import { createFunction, type FunctionDefaults } from './function.ts';
import type { Queues } from './queues.ts';

/** The functions of a stack. That for uploads is absent where nothing can be uploaded. */
export interface Functions {
  readonly supervise: LambdaFunction;
  readonly enumerate: LambdaFunction;
  readonly transfer: LambdaFunction;
  readonly import: LambdaFunction;
  readonly uploads?: LambdaFunction;
}

/** Creates them with their rights and all that their environment has but what follows from the mappings and the event bus. */
export function createFunctions(scope: Construct, defaults: FunctionDefaults, places: Places): Functions {
  const create = (name: keyof typeof ACCESS) => {
    const created = createFunction(scope, name, defaults);
    created.addEnvironment(ENV.table, places.table.table.tableName);
    created.addEnvironment(ENV.evidenceBucket, places.evidence.bucket.bucketName);
    if (places.dump) created.addEnvironment(ENV.dumpBucket, places.dump.bucketName);
    nameQueues(created, places.queues);
    ACCESS[name](created, places);
    return created;
  };
  return {
    supervise: create('supervise'),
    enumerate: create('enumerate'),
    transfer: create('transfer'),
    import: create('import'),
    ...(places.configuration.uploads && { uploads: create('uploads') }),
  };
}

/** Every use case is given all ports (functions/core/ports.ts); what it may do with a queue is a matter of its rights. */
function nameQueues(user: LambdaFunction, queues: Queues): void {
  for (const queue of [queues.enumerate, queues.transfer, queues.import, queues.worker]) queue.nameTo(user);
  queues.uploads?.nameTo(user);
  user.addEnvironment(ENV.deadLetterQueue, queues.failures.queueUrl);
}
