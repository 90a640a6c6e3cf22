import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { AlarmEntry } from './alarm-entry.ts';
import { FIVE, type Watched } from './watched.ts';

/** A large job queues all of its chunks at once, so that the last of them wait for hours. Messages are kept for 14 days. */
const BACKLOG_HOURS = 24;
const PROMPT_MINUTES = 60;
const WORKER_MINUTES = 15;

/** Something in a dead-letter queue, or too old in another one. */
export function queueAlarms(watched: Watched): readonly AlarmEntry[] {
  return [...deadLetters(watched), ...ages(watched), worker(watched)];
}

function deadLetters({ failures, deadLetterQueues }: Watched): AlarmEntry[] {
  const notEmpty = (queue: IQueue) =>
    queue.metricApproximateNumberOfMessagesVisible({ period: FIVE, statistic: Stats.MAXIMUM });
  return [
    {
      name: 'failures-wait',
      article: 'FAILURES_WAIT',
      severity: 'low',
      summary: 'Instances or files have failed for good',
      metric: notEmpty(failures),
      threshold: 0,
    },
    ...Object.entries(deadLetterQueues).map(
      ([name, queue]): AlarmEntry => ({
        name: `dead-letters-${name}`,
        article: 'DEAD_LETTERS',
        severity: 'high',
        summary: `Messages that no function could take: ${name}`,
        metric: notEmpty(queue),
        threshold: 0,
      }),
    ),
  ];
}

function ages({ queues }: Watched): AlarmEntry[] {
  return Object.entries(queues).map(([name, queue]) => {
    const minutes = name === 'transfer' || name === 'import' ? BACKLOG_HOURS * 60 : PROMPT_MINUTES;
    return {
      name: `age-${name}`,
      article: 'QUEUE_AGE',
      severity: 'low',
      summary: `A message of the ${name} queue is older than ${minutes} minutes`,
      metric: queue.metricApproximateAgeOfOldestMessage({ period: FIVE, statistic: Stats.MAXIMUM }),
      threshold: minutes * 60,
    };
  });
}

/** The age alone would tell of any backlog; here nobody takes messages that could be taken. */
function worker({ workerQueue }: Watched): AlarmEntry {
  const age = new MathExpression({
    label: 'Age of the oldest message while nobody takes any',
    expression: 'IF(visible > 0 AND FILL(received, 0) < 1, age, 0)',
    usingMetrics: {
      visible: workerQueue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MINIMUM }),
      received: workerQueue.metricNumberOfMessagesReceived({ statistic: Stats.SUM }),
      age: workerQueue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM }),
    },
    period: FIVE,
  });
  return {
    name: 'worker-away',
    article: 'WORKER_AWAY',
    severity: 'high',
    summary: `Work for a worker waits since ${WORKER_MINUTES} minutes, and none takes it`,
    metric: age,
    threshold: WORKER_MINUTES * 60,
  };
}
