import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { type AlarmEntry, linkTo } from './alarm-entry.ts';
import { alarmsOf } from './alarms.ts';
import { createDashboard } from './dashboard.ts';
import { tellOfFailedJobs } from './failed-jobs.ts';
import type { Watched } from './watched.ts';

export interface ObservabilityProps {
  readonly watched: Watched;
  readonly topic: Topic;
  /** Where it is published what happened to jobs. */
  readonly bus: EventBus;
  /** Name of the table, for its consumed units. */
  readonly table: string;
}

/** Alarms, word of failed jobs, and a dashboard. */
export class Observability extends Construct {
  constructor(scope: Construct, id: string, { watched, topic, bus, table }: ObservabilityProps) {
    super(scope, id);
    const alarms = alarmsOf(watched).map((entry) => createAlarm(this, watched.stack, entry, topic));
    tellOfFailedJobs(this, { stack: watched.stack, bus, topic });
    createDashboard(this, watched, table, alarms);
  }
}

function createAlarm(scope: Construct, stack: string, entry: AlarmEntry, topic: Topic): Alarm {
  const { name, article, severity, summary, metric, threshold, comparison, periods = 1, missing } = entry;
  const alarm = new Alarm(scope, name, {
    alarmName: `${stack}-${name}`,
    alarmDescription: `${summary}. Severity: ${severity}. What to do: ${linkTo(article)}`,
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
