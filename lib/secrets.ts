import { Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct, IConstruct } from 'constructs';
import { explainWildcard } from './wildcards.ts';

/** Lets somebody read secrets, each given by its ARN or by its name in the stack's own account and region. */
export function grantReadSecrets(reader: IGrantable & IConstruct, secrets: readonly string[]): void {
  if (secrets.length === 0) return;
  const resources = [...new Set(secrets)].map((secret) => arnOf(reader, secret));
  reader.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources }),
  );
}

/** Secrets Manager ends each ARN with six characters of its own choice, which a name does not tell. */
function arnOf(scope: Construct, secret: string): string {
  if (secret.startsWith('arn:')) return secret;
  const { partition, region, account } = Stack.of(scope);
  const end = `secretsmanager:${'<AWS::Region>'}:${'<AWS::AccountId>'}:secret:${secret}-??????`;
  explainWildcard(
    scope,
    `Resource::arn:<AWS::Partition>:${end}`,
    'the end of the ARN of a secret that is given by its name',
  );
  return `arn:${partition}:secretsmanager:${region}:${account}:secret:${secret}-??????`;
}
