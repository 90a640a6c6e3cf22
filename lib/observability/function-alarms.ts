import { ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmEntry } from './alarm-entry.ts';
import { FIVE, type Watched } from './watched.ts';

/** Functions that fail, are not started, or, of the supervisor, are not invoked at all. */
export function functionAlarms(watched: Watched): readonly AlarmEntry[] {
  return [...errorsAndThrottles(watched), silence(watched)];
}

function errorsAndThrottles({ functions }: Watched): AlarmEntry[] {
  return Object.entries(functions).flatMap(([name, watchedFunction]): AlarmEntry[] => [
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

function silence({ functions: { supervise } }: Watched): AlarmEntry {
  return {
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
}
