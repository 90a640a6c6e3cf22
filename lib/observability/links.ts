import { Aws } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Watched } from './watched.ts';

/** Markdown with the pages of the console that an operator needs. */
export function links({ stack, functions, queues, workerQueue, failures, deadLetterQueues }: Watched): string {
  const pages = `https://${Aws.REGION}.console.aws.amazon.com`;
  const logs = `${pages}/cloudwatch/home?region=${Aws.REGION}#logsV2:log-groups/log-group`;
  // The console has the URL of the queue as one segment of its own.
  const queueUrl = `https%3A%2F%2Fsqs.${Aws.REGION}.${Aws.URL_SUFFIX}%2F${Aws.ACCOUNT_ID}%2F`;
  const queueLinks = (named: Readonly<Record<string, IQueue>>) =>
    Object.entries(named)
      .map(
        ([name, queue]) => `[${name}](${pages}/sqs/v3/home?region=${Aws.REGION}#/queues/${queueUrl}${queue.queueName})`,
      )
      .join(' · ');
  const logLinks = Object.keys(functions)
    .map((name) => `[${name}](${logs}/$252Faws$252Flambda$252F${stack}-${name})`)
    .join(' · ');
  return [
    `**${stack}** · \`orthanc-migrate status --stack ${stack}\` · what each alarm means: docs/operations.md`,
    `Logs: ${logLinks}`,
    `Queues: ${queueLinks({ ...queues, worker: workerQueue })}`,
    `Final failures and dead letters, to look into or redrive (*Start DLQ redrive*): ${queueLinks({ failures, ...deadLetterQueues })}`,
  ].join('\n\n');
}
