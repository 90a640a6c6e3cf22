import { describe, expect, test } from '@jest/globals';
import { permissionsOf } from './permissions.ts';
import { FULL, ofType, referenceOf, resourcesOf } from './synthesised.ts';

const resources = resourcesOf(FULL);
const allowed = permissionsOf(resources);
const queueName = (arn: string): string => resources[arn.replace(/\.Arn$/, '')]?.Properties.QueueName ?? arn;

function may(who: string, action: string): string[] {
  const found = allowed.filter((statement) => statement.who === who && statement.actions.includes(action));
  return [...new Set(found.flatMap((statement) => statement.resources))].sort();
}

/** Every wildcard that any policy has. The stack itself gives the reasons (`explainWildcard`), without which cdk-nag fails. */
const WILDCARDS: Readonly<Record<string, string>> = {
  'EvidenceBucket.Arn/jobs/*': 'objects are named after jobs',
  'DumpBucket.Arn/*': 'names of uploads',
  'arn:AWS::Partition:s3:::my-old-archive/*': 'names of what was dumped',
  'Supervise.Arn:*': 'versions of a function, for the scheduler',
  'secret:orthanc-old-??????': 'the end of the ARN of a secret given by its name',
  'secret:orthanc-clinic-??????': 'the same, for the worker',
  'secret:orthanc-storage-keys-??????': 'the same',
  '*': 'network interfaces of functions in a VPC',
};

test('no action is a wildcard, and every resource that is one is known', () => {
  expect(allowed.flatMap(({ actions }) => actions).filter((action) => /[*?]/.test(action))).toEqual([
    // What CDK grants with a key: ReEncryptFrom and ReEncryptTo, GenerateDataKey and GenerateDataKeyWithoutPlaintext.
    ...new Array(count('kms:GenerateDataKey*')).fill(['kms:GenerateDataKey*', 'kms:ReEncrypt*']).flat(),
  ]);
  const wildcards = allowed
    .flatMap(({ resources: all }) => all)
    .filter((resource) => /[*?]/.test(resource))
    .map((resource) => resource.replace(/^arn:.*:secret:/, 'secret:').replace(/^Supervise[0-9A-F]{8}\./, 'Supervise.'));
  expect([...new Set(wildcards)].sort()).toEqual(Object.keys(WILDCARDS).sort());
});

function count(action: string): number {
  return allowed.filter(({ actions }) => actions.includes(action)).length;
}

test('"*" alone stands for network interfaces only', () => {
  for (const { actions, resources: all } of allowed)
    if (all.includes('*'))
      for (const action of actions) expect(action).toMatch(/^ec2:.*(Interface|Subnets|PrivateIpAddresses)/);
});

test('no function may send to a queue that feeds it', () => {
  const mappings = ofType(resources, 'AWS::Lambda::EventSourceMapping');
  expect(mappings).toHaveLength(4);
  for (const [, { Properties }] of mappings) {
    const fed = String(resources[referenceOf(Properties.FunctionName)]?.Properties.FunctionName);
    expect(may(fed, 'sqs:SendMessage')).not.toContain(`${referenceOf(Properties.EventSourceArn)}.Arn`);
  }
});

describe('each function may do what it does, and no more', () => {
  const stack = 'orthanc-migrate';
  const queues = (names: readonly string[]) => names.map((name) => `${stack}-${name}`);

  test.each([
    ['supervise', ['dead-letters', 'enumerate', 'import', 'requests-dead-letters', 'transfer', 'worker'], []],
    ['enumerate', ['import', 'transfer', 'worker'], ['dead-letters', 'enumerate']],
    ['transfer', [], ['transfer']],
    ['import', [], ['import']],
    ['uploads', [], ['uploads']],
    ['worker', ['dead-letters', 'worker'], ['dead-letters', 'import', 'transfer', 'worker']],
    ['operator', [], []],
  ])('%s sends and receives', (name, sends, receives) => {
    expect(may(`${stack}-${name}`, 'sqs:SendMessage').map(queueName).sort()).toEqual(queues(sends));
    expect(may(`${stack}-${name}`, 'sqs:ReceiveMessage').map(queueName).sort()).toEqual(queues(receives));
    expect(may(`${stack}-${name}`, 'sqs:DeleteMessage').map(queueName).sort()).toEqual(queues(receives));
  });

  test('dumps are read by those who plan and send files, and changed by nobody', () => {
    const readers = allowed.filter(({ resources: all }) => all.some((name) => /DumpBucket|my-old-archive/.test(name)));
    expect(new Set(readers.map(({ who }) => who))).toEqual(new Set(queues(['enumerate', 'import', 'worker'])));
    expect([...new Set(readers.flatMap(({ actions }) => actions))].sort()).toEqual([
      's3:GetObject',
      's3:GetObjectVersion',
      's3:ListBucket',
    ]);
  });

  test('evidence is never deleted, and uploads are only written', () => {
    expect(allowed.flatMap(({ actions }) => actions).filter((action) => action.startsWith('s3:Delete'))).toEqual([]);
    expect(may(`${stack}-uploads`, 's3:GetObject')).toEqual([]);
    expect(may(`${stack}-uploads`, 's3:PutObject')).toEqual(['EvidenceBucket.Arn/jobs/*']);
  });

  test('credentials of a server behind a firewall are for the worker alone', () => {
    const readers = allowed.filter(({ resources: all }) => all.some((name) => name.includes('secret:orthanc-clinic')));
    expect(readers.map(({ who }) => who)).toEqual([`${stack}-worker`]);
  });

  test('keys of secrets and dumps are for those who read them, and only to decrypt', () => {
    const users = allowed.filter(({ resources: all }) => all.includes(FULL.decryptKeys[0] ?? ''));
    expect(users.map(({ who }) => who).sort()).toEqual(
      queues(['enumerate', 'import', 'supervise', 'transfer', 'worker']),
    );
    for (const { actions } of users) expect(actions).toEqual(['kms:Decrypt']);
  });

  test('master keys are for those who read files', () => {
    const readers = allowed.filter(({ resources: all }) => all.some((name) => name.includes('orthanc-storage-keys')));
    expect(readers.map(({ who }) => who).sort()).toEqual(queues(['enumerate', 'import', 'worker']));
  });

  test('the supervisor may hold back the two mappings of chunks, and no other', () => {
    const held = may(`${stack}-supervise`, 'lambda:UpdateEventSourceMapping').map((arn) => arn.split(':').at(-1) ?? '');
    const fed = held.map((id) => queueName(referenceOf(resources[id]?.Properties.EventSourceArn)));
    expect(fed.sort()).toEqual(queues(['import', 'transfer']));
    const others = allowed.filter(({ actions }) => actions.includes('lambda:UpdateEventSourceMapping'));
    expect(others.map(({ who }) => who)).toEqual([`${stack}-supervise`]);
  });

  test('the operator may invoke the supervisor, and nothing else', () => {
    const [only, ...more] = allowed.filter(({ who }) => who === `${stack}-operator`);
    expect(more).toEqual([]);
    expect(only?.actions).toEqual(['lambda:InvokeFunction']);
    expect(only?.resources).toEqual([expect.stringMatching(/^Supervise[0-9A-F]{8}\.Arn$/)]);
  });
});
