import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { AlarmEntry } from './alarm-entry.ts';
import { alarmsOf } from './alarms.ts';
import { createDashboard } from './dashboard.ts';
import type { Watched } from './watched.ts';

/** Where the articles are. */
const ARTICLES = 'docs/operations.md';

export interface ObservabilityProps {
  readonly watched: Watched;
  readonly topic: ITopic;
  /** Name of the table, for its consumed units. */
  readonly table: string;
}

/** Alarms and a dashboard. */
export class Observability extends Construct {
  constructor(scope: Construct, id: string, { watched, topic, table }: ObservabilityProps) {
    super(scope, id);
    const alarms = alarmsOf(watched).map((entry) => createAlarm(this, watched.stack, entry, topic));
    createDashboard(this, watched, table, alarms);
  }
}

function createAlarm(scope: Construct, stack: string, entry: AlarmEntry, topic: ITopic): Alarm {
  const { name, article, severity, summary, metric, threshold, comparison, periods = 1, missing } = entry;
  const alarm = new Alarm(scope, name, {
    alarmName: `${stack}-${name}`,
    alarmDescription: `${summary}. Severity: ${severity}. What to do: ${ARTICLES}#${article.toLowerCase()}`,
    metric,
    threshold,
    comparisonOperator: comparison ?? ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: periods,
    treatMissingData: missing ?? TreatMissingData.NOT_BREACHING,
  });
  const action = new SnsAction(topic);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
  return alarm;
}
