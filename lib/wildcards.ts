import { Validations } from 'aws-cdk-lib';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/**
 * Says why a policy of this function, role or policy has a wildcard. cdk-nag refuses any other; test/infra lists them all.
 * `finding` is as cdk-nag writes it: `Resource::<LogicalId.Arn>/*`.
 */
export function explainWildcard(user: IConstruct, finding: string, reason: string): void {
  const holder = user instanceof LambdaFunction ? (user.role ?? user) : user;
  Validations.of(holder).acknowledge({ id: `AwsSolutions-IAM5[${finding}]`, reason });
}
