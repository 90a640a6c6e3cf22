/** What the policies of a template allow, statement by statement. */
import { ofType, type Resources, referenceOf } from './synthesised.ts';

export interface Allowed {
  /** A function by its name, or the logical ID of a role or policy. */
  readonly who: string;
  readonly actions: readonly string[];
  /** Readable: `QueuesTransfer….Arn`, `EvidenceBucket.Arn/jobs/*`. */
  readonly resources: readonly string[];
}

export function permissionsOf(resources: Resources): Allowed[] {
  const functions = new Map(
    ofType(resources, 'AWS::Lambda::Function').map(([, { Properties }]) => [
      referenceOf(Properties.Role),
      String(Properties.FunctionName),
    ]),
  );
  const policies = [...ofType(resources, 'AWS::IAM::Policy'), ...ofType(resources, 'AWS::IAM::ManagedPolicy')];
  return policies.flatMap(([id, { Properties }]) => {
    const role = Properties.Roles ? referenceOf(Properties.Roles[0]) : id;
    const who = functions.get(role) ?? Properties.ManagedPolicyName ?? role;
    return Properties.PolicyDocument.Statement.map((statement: { Action: unknown; Resource: unknown }) => ({
      who,
      actions: listed(statement.Action).map(String),
      resources: listed(statement.Resource).map(readable),
    }));
  });
}

function listed(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function readable(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'object' && value !== null && 'Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map(readable).join(separator);
  }
  const attribute = typeof value === 'object' && value !== null && 'Fn::GetAtt' in value ? '.Arn' : '';
  return `${referenceOf(value)}${attribute}`;
}
