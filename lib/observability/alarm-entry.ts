import type { ComparisonOperator, IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';

/** The articles of docs/operations.md: what each alarm, and the word about a failed job, links to. */
export type Article =
  | 'FAILURES_WAIT'
  | 'DEAD_LETTERS'
  | 'QUEUE_AGE'
  | 'WORKER_AWAY'
  | 'FUNCTION_ERRORS'
  | 'FUNCTION_THROTTLED'
  | 'NOT_SUPERVISED'
  | 'NO_PROGRESS'
  | 'GATE_CLOSED'
  | 'JOB_FAILED';

export function linkTo(article: Article): string {
  return `docs/operations.md#${article.toLowerCase()}`;
}

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
