import { describe, expect, test } from '@jest/globals';
import { ofType, resourcesOf } from './synthesised.ts';

/** What AWS would only refuse in the middle of a deployment. The longest name, and about as many endpoints, buckets and keys as a document may have. */
const STACK = 'a-stack-with-the-longest-name-there-isxy';
const key = 'arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/0123abcd-0123-abcd-0123-0123456789ab';
const URL = 'https://a.clinic.example.org:8042/';
const MOST = {
  stack: STACK,
  endpoints: Object.fromEntries(
    Array.from({ length: 17 }, (_, index) => [`hospital${index}`, { secret: `orthanc/hospital${index}`, url: URL }]),
  ),
  uploads: { target: 'hospital0' },
  dumpBuckets: Array.from({ length: 10 }, (_, index) => `a-bucket-with-an-archive-of-a-whole-hospital-${index}`),
  decryptKeys: [key.replace('0123', '4567'), key.replace('0123', '89ab')],
  kmsKey: key,
  storageKeysSecret: 'orthanc/storage-keys',
};

const LONGEST: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws-us-gov',
  'AWS::Region': 'us-gov-west-1',
  'AWS::AccountId': '111122223333',
  'AWS::URLSuffix': 'amazonaws.com',
};
const resources = resourcesOf(MOST);

/** What CloudFormation will write instead of a reference, or something as long. */
function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== 'object' || value === null) return value;
  if ('Ref' in value) return named(String(value.Ref), false);
  if ('Fn::GetAtt' in value) return named(String((value['Fn::GetAtt'] as string[])[0]), true);
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map(resolved).join(separator);
  }
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, resolved(part)]));
}

function named(id: string, arn: boolean): string {
  const known = LONGEST[id];
  if (known !== undefined) return known;
  const { Type = '', Properties } = resources[id] ?? {};
  const [, service = '', kind = ''] = Type.split('::');
  if (Type === 'AWS::SQS::Queue' && !arn)
    return `https://sqs.us-gov-west-1.amazonaws.com/111122223333/${Properties.QueueName}`;
  if (Type === 'AWS::Lambda::EventSourceMapping') return '0123abcd-0123-abcd-0123-0123456789ab';
  // Names that CloudFormation makes have at most 63 characters in S3.
  const own =
    Object.entries(Properties ?? {}).find(([name]) => name === `${kind}Name` || name === 'Name')?.[1] ?? 'n'.repeat(63);
  return arn ? `arn:aws-us-gov:${service.toLowerCase()}:us-gov-west-1:111122223333:${own}` : String(own);
}

test('the document is about as large as it may be', () => {
  const more = {
    ...MOST.endpoints,
    one: { secret: 'a-secret-more', url: URL },
    two: { secret: 'and-another', url: URL },
  };
  expect(() => resourcesOf({ ...MOST, endpoints: more })).toThrow(
    /bytes of the environment[\s\S]*characters of a policy/,
  );
});

describe('a stack with as much as possible', () => {
  test('has environments that Lambda takes: 4 KB', () => {
    for (const [, { Properties }] of ofType(resources, 'AWS::Lambda::Function')) {
      const variables = resolved(Properties.Environment.Variables) as Record<string, string>;
      const length = Object.entries(variables).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
      expect(length).toBeLessThanOrEqual(4096);
    }
  });

  test('has policies that IAM takes: 6,144 characters, and 10,240 within a role', () => {
    const length = (policy: unknown) => JSON.stringify(resolved(policy)).length;
    for (const [, { Properties }] of ofType(resources, 'AWS::IAM::ManagedPolicy'))
      expect(length(Properties.PolicyDocument)).toBeLessThanOrEqual(6144);
    for (const [, { Properties }] of ofType(resources, 'AWS::IAM::Policy'))
      expect(length(Properties.PolicyDocument)).toBeLessThanOrEqual(10_240);
  });

  test('has names that AWS takes', () => {
    for (const [, { Type, Properties }] of Object.entries(resources))
      for (const [name, longest] of [
        ['FunctionName', 64],
        ['QueueName', 80],
        ['ManagedPolicyName', 128],
        ['AlarmName', 255],
        ['TopicName', 256],
      ] as const)
        if (Type !== 'AWS::Lambda::EventSourceMapping' && typeof Properties[name] === 'string')
          expect(Properties[name].length).toBeLessThanOrEqual(longest);
  });
});
