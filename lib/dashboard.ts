import { Aws, Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { ownMetric, type Watched } from './alarms.ts';
import { SIZES } from './function.ts';

const WIDTH = 12;
const FIVE = Duration.minutes(5);

/** `<stack>-migration`: how it goes, what waits, and what drives the costs. */
export function createDashboard(
  scope: Construct,
  watched: Watched,
  table: string,
  alarms: readonly Alarm[],
): Dashboard {
  const { stack } = watched;
  const own = (name: Parameters<typeof ownMetric>[1], label: string, statistic: string = Stats.SUM) =>
    ownMetric(stack, name, statistic).with({ label });
  return new Dashboard(scope, 'Dashboard', {
    dashboardName: `${stack}-migration`,
    widgets: [
      [new TextWidget({ markdown: links(watched), width: 2 * WIDTH, height: 4 })],
      [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 2 * WIDTH, height: 5 })],
      [
        graph('Throughput', [own('InstancesMoved', 'instances')], [own('BytesMoved', 'bytes')]),
        graph('Outcomes', [
          own('InstancesSucceeded', 'success'),
          own('InstancesWithWarnings', 'warning'),
          own('InstancesFailed', 'failure'),
          own('InstancesSkipped', 'skipped'),
        ]),
      ],
      [
        graph(
          'Jobs and servers',
          [own('JobsRunning', 'jobs running', Stats.MAXIMUM)],
          [
            own('GateClosedMinutes', 'minutes a server is away', Stats.MAXIMUM),
            own('MinutesWithoutProgress', 'minutes without progress', Stats.MAXIMUM),
          ],
        ),
        graph('Duration of a chunk, ms', [
          own('ChunkDuration', 'median', Stats.p(50)),
          own('ChunkDuration', '99 of 100', Stats.p(99)),
        ]),
      ],
      [graph('Messages waiting', depths(watched)), graph('Age of the oldest message, s', queueAges(watched))],
      [graph('Concurrency', concurrency(watched)), graph('Final failures and dead letters', deadLetters(watched))],
      [graph('Cost: Lambda, GB-seconds', gigabyteSeconds(watched)), graph('Cost: requests', requests(watched, table))],
    ],
  });
}

function graph(title: string, left: IMetric[], right: IMetric[] = []): GraphWidget {
  return new GraphWidget({ title, left, right, width: WIDTH, height: 6 });
}

function allQueues({ queues, workerQueue }: Watched) {
  return Object.entries({ ...queues, worker: workerQueue });
}

function depths(watched: Watched): IMetric[] {
  return allQueues(watched).map(([label, queue]) =>
    queue.metricApproximateNumberOfMessagesVisible({ label, statistic: Stats.MAXIMUM }),
  );
}

function queueAges(watched: Watched): IMetric[] {
  return allQueues(watched).map(([label, queue]) =>
    queue.metricApproximateAgeOfOldestMessage({ label, statistic: Stats.MAXIMUM }),
  );
}

function deadLetters({ failures, deadLetterQueues }: Watched): IMetric[] {
  return Object.entries({ failures, ...deadLetterQueues }).map(([label, queue]) =>
    queue.metricApproximateNumberOfMessagesVisible({ label, statistic: Stats.MAXIMUM }),
  );
}

function concurrency({ functions }: Watched): IMetric[] {
  return Object.entries(functions).map(
    ([label, { functionName }]) =>
      new Metric({
        namespace: 'AWS/Lambda',
        metricName: 'ConcurrentExecutions',
        dimensionsMap: { FunctionName: functionName },
        statistic: Stats.MAXIMUM,
        label,
      }),
  );
}

/** What Lambda bills: milliseconds times memory. */
function gigabyteSeconds({ functions }: Watched): IMetric[] {
  return Object.entries(functions).map(([name, { functionName }]) => {
    const { memorySize } = SIZES[name as keyof typeof SIZES];
    return new MathExpression({
      label: name,
      expression: `${name}Ms / 1000 * ${memorySize / 1024}`,
      usingMetrics: {
        [`${name}Ms`]: new Metric({
          namespace: 'AWS/Lambda',
          metricName: 'Duration',
          dimensionsMap: { FunctionName: functionName },
          statistic: Stats.SUM,
        }),
      },
      period: FIVE,
    });
  });
}

function requests(watched: Watched, table: string): IMetric[] {
  const counted = allQueues(watched).flatMap(([name, queue]) => [
    [`${name}Sent`, queue.metricNumberOfMessagesSent({ statistic: Stats.SUM })] as const,
    [`${name}Received`, queue.metricNumberOfMessagesReceived({ statistic: Stats.SUM })] as const,
    [`${name}Deleted`, queue.metricNumberOfMessagesDeleted({ statistic: Stats.SUM })] as const,
    [`${name}Empty`, queue.metricNumberOfEmptyReceives({ statistic: Stats.SUM })] as const,
  ]);
  const units = (metricName: string, label: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table },
      statistic: Stats.SUM,
      label,
    });
  return [
    new MathExpression({
      label: 'SQS messages sent, received and deleted, and receives in vain',
      expression: counted.map(([id]) => `FILL(${id}, 0)`).join(' + '),
      usingMetrics: Object.fromEntries(counted),
      period: FIVE,
    }),
    units('ConsumedWriteCapacityUnits', 'DynamoDB write units'),
    units('ConsumedReadCapacityUnits', 'DynamoDB read units'),
  ];
}

/** Markdown with the pages of the console that an operator needs. */
function links({ stack, functions, queues, workerQueue, failures, deadLetterQueues }: Watched): string {
  const pages = `https://${Aws.REGION}.console.aws.amazon.com`;
  const logs = `${pages}/cloudwatch/home?region=${Aws.REGION}#logsV2:log-groups/log-group`;
  // The console has the URL of the queue as one segment of its own.
  const queueUrl = `https%3A%2F%2Fsqs.${Aws.REGION}.${Aws.URL_SUFFIX}%2F${Aws.ACCOUNT_ID}%2F`;
  const queueLinks = (named: Readonly<Record<string, IQueue>>, page = '') =>
    Object.entries(named)
      .map(
        ([name, queue]) =>
          `[${name}](${pages}/sqs/v3/home?region=${Aws.REGION}#/queues/${queueUrl}${queue.queueName}${page})`,
      )
      .join(' · ');
  const logLinks = Object.keys(functions)
    .map((name) => `[${name}](${logs}/$252Faws$252Flambda$252F${stack}-${name})`)
    .join(' · ');
  return [
    `**${stack}** · \`orthanc-migrate status --stack ${stack}\` · what each alarm means: docs/operations.md`,
    `Logs: ${logLinks}`,
    `Queues: ${queueLinks({ ...queues, worker: workerQueue })}`,
    `Final failures and dead letters: ${queueLinks({ failures, ...deadLetterQueues })}`,
    `Redrive them: ${queueLinks({ failures, ...deadLetterQueues }, '/redrive')}`,
  ].join('\n\n');
}
