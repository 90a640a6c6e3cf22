import { Duration, Stack } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { ENV, EVENT_TYPES } from '../functions/environment.ts';

/** The bus of a stack: what happened to jobs is published there, and an event there asks for a job. */
export class JobEvents extends Construct {
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, { stack }: { readonly stack: string }) {
    super(scope, id);
    this.bus = new EventBus(this, 'Bus', {
      eventBusName: stack,
      description: `Events of the migration jobs of ${stack}, and requests for such jobs`,
    });
  }

  /** Sends requests for jobs to this function. They are tried again for a day. */
  feed(supervise: LambdaFunction): void {
    new Rule(this, 'Requests', {
      eventBus: this.bus,
      description: 'Requests for migration jobs',
      eventPattern: { detailType: [EVENT_TYPES.requested] },
      targets: [new FunctionTarget(supervise, { maxEventAge: Duration.days(1) })],
    });
  }

  grantPublish(publisher: LambdaFunction): void {
    this.bus.grantPutEventsTo(publisher);
    publisher.addEnvironment(ENV.eventBus, this.bus.eventBusName);
  }
}

/** Where alarms go: a topic that anybody may subscribe to, beginning with the configured address. */
export function alarmTopic(scope: Construct, stack: string, email: string | undefined): Topic {
  const topic = new Topic(scope, 'Alarms', { topicName: `${stack}-alarms`, enforceSSL: true });
  // A topic with a policy of its own has lost the usual one, which lets CloudWatch publish.
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  if (email !== undefined) topic.addSubscription(new EmailSubscription(email));
  return topic;
}
