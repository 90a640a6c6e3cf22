import { type EventBus, EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { EVENT_SOURCE, EVENT_TYPES } from '../../functions/environment.ts';
import { linkTo } from './alarm-entry.ts';

export interface FailedJobs {
  readonly stack: string;
  readonly bus: EventBus;
  readonly topic: Topic;
}

/**
 * Tells the topic of each job that has stopped by itself or failed. Nothing is left then that an alarm could measure: those that went off
 * while the job waited say that all is well.
 */
export function tellOfFailedJobs(scope: Construct, { stack, bus, topic }: FailedJobs): void {
  const rule = new Rule(scope, 'FailedJobs', {
    eventBus: bus,
    description: 'Migration jobs that stopped by themselves or failed',
    eventPattern: { source: [EVENT_SOURCE], detailType: [EVENT_TYPES.failed] },
    targets: [{ bind: () => ({ arn: topic.topicArn, input: messageOf(stack), targetResource: topic }) }],
  });
  allowPublishing(topic, rule);
}

/** Without the words of the reason, which may name a file. */
function messageOf(stack: string): RuleTargetInput {
  const [job, kind, target, state, code] = ['job', 'kind', 'target', 'state', 'reason.code'].map((field) =>
    EventField.fromPath(`$.detail.${field}`),
  );
  return RuleTargetInput.fromText(
    `${stack}: job ${job} (${kind} to ${target}) is ${state}: ${code}. Its work is not done. Severity: high. What to do: ${linkTo('JOB_FAILED')}`,
  );
}

/**
 * To this rule alone. "IfExists", since EventBridge is said not to tell a topic which rule it publishes for ("You can't use Condition
 * blocks in Amazon SNS topic policies for EventBridge", https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html):
 * where it does not, a strict condition would drop each message without a word. The topic is encrypted in transit, and has no key of
 * KMS: one would have to let events.amazonaws.com use kms:GenerateDataKey* and kms:Decrypt.
 */
function allowPublishing(topic: Topic, rule: Rule): void {
  topic.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('events.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { ArnEqualsIfExists: { 'aws:SourceArn': rule.ruleArn } },
    }),
  );
}
