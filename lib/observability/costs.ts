import { type IMetric, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { SIZES } from '../function.ts';
import { allQueues } from './graphs.ts';
import { FIVE, type Watched } from './watched.ts';

/** What Lambda bills: milliseconds times memory. */
export function gigabyteSeconds({ functions }: Watched): IMetric[] {
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

/** What SQS and DynamoDB bill. */
export function requests(watched: Watched, table: string): IMetric[] {
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
