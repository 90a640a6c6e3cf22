import { type IMetric, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Watched } from './watched.ts';

/** All queues but those of dead letters, by name. */
export function allQueues({ queues, workerQueue }: Watched) {
  return Object.entries({ ...queues, worker: workerQueue });
}

export function depths(watched: Watched): IMetric[] {
  return allQueues(watched).map(([label, queue]) =>
    queue.metricApproximateNumberOfMessagesVisible({ label, statistic: Stats.MAXIMUM }),
  );
}

export function queueAges(watched: Watched): IMetric[] {
  return allQueues(watched).map(([label, queue]) =>
    queue.metricApproximateAgeOfOldestMessage({ label, statistic: Stats.MAXIMUM }),
  );
}

export function deadLetters({ failures, deadLetterQueues }: Watched): IMetric[] {
  return Object.entries({ failures, ...deadLetterQueues }).map(([label, queue]) =>
    queue.metricApproximateNumberOfMessagesVisible({ label, statistic: Stats.MAXIMUM }),
  );
}

export function concurrency({ functions }: Watched): IMetric[] {
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
