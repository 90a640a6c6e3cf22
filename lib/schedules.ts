import { Duration, TimeZone } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ContextAttribute, Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Construct } from 'constructs';
import type { ScheduleConfiguration } from './config/schema.ts';
import { explainWildcard } from './wildcards.ts';

/** How often the supervisor looks after the jobs. */
export const EACH = Duration.minutes(1);

export interface SchedulesProps {
  readonly stack: string;
  readonly supervise: LambdaFunction;
  readonly schedules: Readonly<Record<string, ScheduleConfiguration>>;
}

/** What invokes the supervisor by the clock: each minute, and when a job is to begin. */
export class Schedules extends Construct {
  constructor(scope: Construct, id: string, { stack, supervise, schedules }: SchedulesProps) {
    super(scope, id);
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    const logicalId = supervise.stack.getLogicalId(supervise.node.defaultChild as never);
    explainWildcard(role, `Resource::<${logicalId}.Arn>:*`, 'the right to invoke a function covers its versions');
    new Schedule(this, 'EachMinute', {
      // No configured name has a dot.
      scheduleName: `${stack}.each-minute`,
      description: 'Moves the migration jobs along',
      schedule: ScheduleExpression.rate(EACH),
      // What came too late is done by the next one.
      target: new LambdaInvoke(supervise, { role, retryAttempts: 0, maxEventAge: EACH }),
    });
    for (const [name, { kind, source, target, when, timeZone }] of Object.entries(schedules))
      new Schedule(this, `Job-${name}`, {
        scheduleName: `${stack}-${name}`,
        description: `Asks for a migration job: ${kind} ${source} ${target}`,
        schedule: ScheduleExpression.expression(when, TimeZone.of(timeZone)),
        target: new LambdaInvoke(supervise, {
          role,
          input: ScheduleTargetInput.fromObject({
            request: { id: ContextAttribute.executionId, kind, source, target },
          }),
        }),
      });
  }
}
