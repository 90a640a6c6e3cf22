import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { grantDecrypt, type Places, storageKeys, useJobs } from './access.ts';
import { grantReadDumps } from './dump-bucket.ts';
import type { JobEvents } from './events.ts';
import { grantReadSecrets } from './secrets.ts';

/** `<stack>-operator`: all that the command line needs with `--stack`. */
export function operatorPolicy(scope: Construct, stack: string, supervise: LambdaFunction): ManagedPolicy {
  return new ManagedPolicy(scope, 'OperatorPolicy', {
    managedPolicyName: `${stack}-operator`,
    description: `orthanc-migrate --stack ${stack}: asks the stack for jobs and how they stand`,
    statements: [invoke(supervise)],
  });
}

/** `<stack>-worker`: for `orthanc-migrate worker --stack` on a machine of the user's own, which does all work on the servers that it reaches. */
export function workerPolicy(
  scope: Construct,
  {
    supervise,
    places,
    events,
  }: { readonly supervise: LambdaFunction; readonly places: Places; readonly events: JobEvents },
): ManagedPolicy {
  const { configuration, queues, dump } = places;
  const policy = new ManagedPolicy(scope, 'WorkerPolicy', {
    managedPolicyName: `${configuration.stack}-worker`,
    description: `orthanc-migrate worker --stack ${configuration.stack}: works off what the functions cannot`,
    // It asks for its settings.
    statements: [invoke(supervise)],
  });
  useJobs(policy, places);
  queues.worker.queue.grantConsumeMessages(policy);
  // With --beside-functions.
  queues.transfer.queue.grantConsumeMessages(policy);
  queues.import.queue.grantConsumeMessages(policy);
  queues.worker.queue.grantSendMessages(policy);
  queues.failures.grantConsumeMessages(policy);
  queues.failures.grantSendMessages(policy);
  events.bus.grantPutEventsTo(policy);
  const secrets = Object.values(configuration.endpoints).map(({ secret }) => secret);
  grantReadSecrets(policy, [...secrets, ...storageKeys(configuration)]);
  grantReadDumps(policy, dump, configuration.dumpBuckets);
  grantDecrypt(policy, configuration);
  return policy;
}

function invoke(supervise: LambdaFunction): PolicyStatement {
  return new PolicyStatement({
    effect: Effect.ALLOW,
    actions: ['lambda:InvokeFunction'],
    resources: [supervise.functionArn],
  });
}
