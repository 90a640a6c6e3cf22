import { Duration } from 'aws-cdk-lib';
import {
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { METRIC_DIMENSION, type METRIC_NAMES, METRIC_NAMESPACE } from '../functions/environment.ts';
import type { Configuration } from './config/schema.ts';

/** What is watched. Names are those of the queues and functions without the stack's. */
export interface Watched {
  readonly stack: string;
  readonly functions: Readonly<Record<string, LambdaFunction>>;
  /** Queues that functions drain. */
  readonly queues: Readonly<Record<string, IQueue>>;
  readonly workerQueue: IQueue;
  /** Final failures of instances and files. */
  readonly failures: IQueue;
  readonly deadLetterQueues: Readonly<Record<string, IQueue>>;
  readonly limits: Configuration['alarms'];
}

/** The articles of docs/operations.md: what each alarm links to. */
export type Article =
  | 'FAILURES_WAIT'
  | 'DEAD_LETTERS'
  | 'QUEUE_AGE'
  | 'WORKER_AWAY'
  | 'FUNCTION_ERRORS'
  | 'FUNCTION_THROTTLED'
  | 'NOT_SUPERVISED'
  | 'NO_PROGRESS'
  | 'GATE_CLOSED';

export interface AlarmEntry {
  /** Of the alarm, after the stack's name. */
  readonly name: string;
  readonly article: Article;
  /** high: migration stands still or loses something until somebody acts; low: look at it within the day. */
  readonly severity: 'high' | 'low';
  readonly summary: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** By default above the threshold. */
  readonly comparison?: ComparisonOperator;
  readonly periods?: number;
  /** By default nothing measured is nothing wrong. */
  readonly missing?: TreatMissingData;
}

const FIVE = Duration.minutes(5);
/** A large job queues all of its chunks at once, so that the last of them wait for hours. Messages are kept for 14 days. */
const BACKLOG_HOURS = 24;
const PROMPT_MINUTES = 60;
const WORKER_MINUTES = 15;

/** One of the functions' own metrics. */
export function ownMetric(stack: string, metricName: (typeof METRIC_NAMES)[number], statistic: string): Metric {
  const dimensionsMap = { [METRIC_DIMENSION]: stack };
  return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, statistic, period: FIVE });
}

/** Every alarm of a stack. */
export function alarmsOf(watched: Watched): readonly AlarmEntry[] {
  return [...deadLetters(watched), ...ages(watched), worker(watched), ...functions(watched), ...jobs(watched)];
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

function functions(watched: Watched): AlarmEntry[] {
  return Object.entries(watched.functions).flatMap(([name, watchedFunction]): AlarmEntry[] => [
    {
      name: `errors-${name}`,
      article: 'FUNCTION_ERRORS',
      severity: 'high',
      summary: `${name} fails or is killed`,
      metric: watchedFunction.metricErrors({ period: FIVE, statistic: Stats.SUM }),
      threshold: 0,
      // One killed container is made good by itself.
      periods: 3,
    },
    {
      name: `throttles-${name}`,
      article: 'FUNCTION_THROTTLED',
      severity: 'low',
      summary: `Lambda refuses to start ${name}`,
      metric: watchedFunction.metricThrottles({ period: FIVE, statistic: Stats.SUM }),
      threshold: 0,
      periods: 3,
    },
  ]);
}

function jobs({ stack, functions: { supervise }, limits }: Watched): AlarmEntry[] {
  const progress: AlarmEntry[] = [
    {
      name: 'no-progress',
      article: 'NO_PROGRESS',
      severity: 'high',
      summary: `A job that waits for nobody has closed no chunk for ${limits.noProgressMinutes} minutes`,
      metric: ownMetric(stack, 'MinutesWithoutProgress', Stats.MAXIMUM),
      threshold: limits.noProgressMinutes,
    },
    {
      name: 'gate-closed',
      article: 'GATE_CLOSED',
      severity: 'high',
      summary: `A server has taken no work for ${limits.gateClosedMinutes} minutes`,
      metric: ownMetric(stack, 'GateClosedMinutes', Stats.MAXIMUM),
      threshold: limits.gateClosedMinutes,
    },
  ];
  if (!supervise) return progress;
  const silent: AlarmEntry = {
    name: 'not-supervised',
    article: 'NOT_SUPERVISED',
    severity: 'high',
    summary: 'The supervisor has not been invoked for 15 minutes',
    metric: supervise.metricInvocations({ period: FIVE, statistic: Stats.SUM }),
    threshold: 1,
    comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    periods: 3,
    missing: TreatMissingData.BREACHING,
  };
  return [...progress, silent];
}
