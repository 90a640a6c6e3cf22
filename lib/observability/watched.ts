import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { METRIC_DIMENSION, type METRIC_NAMES, METRIC_NAMESPACE } from '../../functions/environment.ts';
import type { Configuration } from '../config/schema.ts';
import type { Functions } from '../functions.ts';

/** What is watched. Names are those of the queues and functions without the stack's. */
export interface Watched {
  readonly stack: string;
  readonly functions: Functions;
  /** Queues that functions drain. */
  readonly queues: Readonly<Record<string, IQueue>>;
  readonly workerQueue: IQueue;
  /** Final failures of instances and files. */
  readonly failures: IQueue;
  readonly deadLetterQueues: Readonly<Record<string, IQueue>>;
  readonly limits: Configuration['alarms'];
}

/** Everything is measured in periods of five minutes. */
export const FIVE = Duration.minutes(5);

/** One of the functions' own metrics. */
export function ownMetric(stack: string, metricName: (typeof METRIC_NAMES)[number], statistic: string): Metric {
  const dimensionsMap = { [METRIC_DIMENSION]: stack };
  return new Metric({ namespace: METRIC_NAMESPACE, metricName, dimensionsMap, statistic, period: FIVE });
}
