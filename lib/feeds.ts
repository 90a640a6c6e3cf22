import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { ENV } from '../functions/environment.ts';
import type { Functions } from './functions.ts';
import type { Queues } from './queues.ts';

/** The enumerator renews a lease on its round: one container a job; a second one is for a second job. */
const ENUMERATE = { batchSize: 1, maxConcurrency: 2 };
/** Chunks of one invocation share its transfers and its memory. */
const CHUNKS = 4;
/** Uploads come in thousands: each batch becomes one entry of a log. */
const UPLOADS = { batchSize: 1000, maxBatchingWindow: Duration.seconds(10) };

/** Which function each queue feeds. */
export function feedFunctions(functions: Functions, queues: Queues, containers: number): void {
  const { supervise, enumerate, transfer, import: imports, uploads } = functions;
  queues.enumerate.feed(enumerate, ENUMERATE);
  const chunks = { batchSize: CHUNKS, maxConcurrency: containers };
  const transferMapping = queues.transfer.feed(transfer, chunks);
  const importMapping = queues.import.feed(imports, chunks);
  if (uploads) queues.uploads?.feed(uploads, UPLOADS);
  supervise.addEnvironment(ENV.transferMapping, transferMapping);
  supervise.addEnvironment(ENV.importMapping, importMapping);
  allowHoldingBack(supervise, [transferMapping, importMapping]);
  // By the clock, by events and by hand it is invoked without anybody who waits for its answer.
  supervise.configureAsyncInvoke({
    retryAttempts: 2,
    maxEventAge: Duration.hours(6),
    onFailure: new SqsDestination(queues.requestsDeadLetters),
  });
}

/** While a server is away, the supervisor switches off what feeds chunks to functions. */
function allowHoldingBack(supervise: LambdaFunction, mappings: readonly string[]): void {
  const stack = Stack.of(supervise);
  supervise.addToRolePolicy(
    new PolicyStatement({
      actions: ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'],
      resources: mappings.map((uuid) =>
        stack.formatArn({
          service: 'lambda',
          resource: 'event-source-mapping',
          resourceName: uuid,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ),
    }),
  );
}
