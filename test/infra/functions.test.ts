import { describe, expect, test } from '@jest/globals';
import { ENV, FUNCTION_NAMES } from '../../functions/environment.ts';
import { FULL, LEAST, ofType, type Resource, referenceOf, resourcesOf } from './synthesised.ts';

const resources = resourcesOf(FULL);
const functions = ofType(resources, 'AWS::Lambda::Function');

function named(all: typeof functions, name: string): Resource {
  const [, found] = all.find(([, { Properties }]) => Properties.FunctionName === `orthanc-migrate-${name}`) ?? [];
  if (!found) throw new Error(`there is no function ${name}`);
  return found;
}

function variables(all: typeof functions, name: string): Record<string, unknown> {
  return named(all, name).Properties.Environment.Variables;
}

test('every function of the contract is there, on Node.js 24 and ARM, and nothing else runs', () => {
  expect(functions.map(([, { Properties }]) => Properties.FunctionName).sort()).toEqual(
    FUNCTION_NAMES.map((name) => `orthanc-migrate-${name}`).sort(),
  );
  for (const [, { Properties }] of functions)
    expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'], Handler: 'index.handler' });
});

test.each([
  ['supervise', 300, 1024],
  ['enumerate', 300, 1024],
  ['transfer', 300, 1024],
  ['import', 300, 1024],
  ['uploads', 60, 512],
])('%s has %i seconds and %i MB', (name, timeout, memory) => {
  expect(named(functions, name).Properties).toMatchObject({ Timeout: timeout, MemorySize: memory });
});

test('each function has a log of its own that ends, as JSON', () => {
  const logs = ofType(resources, 'AWS::Logs::LogGroup');
  for (const [, { Properties }] of functions) {
    const { LogGroup, LogFormat } = Properties.LoggingConfig;
    const log = resources[referenceOf(LogGroup)];
    expect(LogFormat).toBe('JSON');
    expect(log?.Properties).toEqual({ LogGroupName: `/aws/lambda/${Properties.FunctionName}`, RetentionInDays: 365 });
    expect(log?.DeletionPolicy).toBe('Delete');
  }
  expect(logs).toHaveLength(functions.length);
});

describe('environment variables are those of functions/environment.ts', () => {
  const supervisorsOwn = [ENV.transferMapping, ENV.importMapping, ENV.eventBus, ENV.otherDeadLetterQueues];
  const all = Object.values(ENV).filter((name) => !supervisorsOwn.includes(name as (typeof supervisorsOwn)[number]));

  test.each(FUNCTION_NAMES.map((name) => [name]))('%s has all of its own', (name) => {
    const expected = name === 'supervise' ? Object.values(ENV) : all;
    expect(Object.keys(variables(functions, name)).sort()).toEqual([...expected].sort());
  });

  test('what is not configured is not there', () => {
    const least = ofType(resourcesOf(LEAST), 'AWS::Lambda::Function');
    const absent = [ENV.uploads, ENV.uploadsQueue, ENV.dumpBucket, ENV.storageKeysSecret];
    expect(least).toHaveLength(FUNCTION_NAMES.length - 1);
    for (const name of absent) expect(variables(least, 'supervise')).not.toHaveProperty(name);
    expect(Object.keys(variables(least, 'supervise'))).toHaveLength(Object.keys(ENV).length - absent.length);
  });

  test('the configuration arrives in them', () => {
    const supervise = variables(functions, 'supervise');
    expect(JSON.parse(String(supervise[ENV.endpoints]))).toEqual({
      old: { secret: 'orthanc-old', url: 'https://old.example.org:8042/' },
      new: { secret: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:orthanc-new-a1B2c3' },
      clinic: { secret: 'orthanc-clinic', worker: true },
    });
    expect(JSON.parse(String(supervise[ENV.uploads]))).toEqual({
      target: 'new',
      prefix: 'incoming/',
      quietMinutes: 60,
      orphans: 'import',
    });
    expect(supervise).toMatchObject({
      [ENV.stack]: 'orthanc-migrate',
      [ENV.containers]: '2',
      [ENV.largestInstance]: String(1024 * 1024 * 1024),
      [ENV.logLevel]: 'info',
      [ENV.superviseEvery]: '60',
      [ENV.storageKeysSecret]: 'orthanc-storage-keys',
      [ENV.table]: { Ref: expect.stringMatching(/^JobsTable/) },
      [ENV.evidenceBucket]: { Ref: 'EvidenceBucket' },
      [ENV.dumpBucket]: { Ref: 'DumpBucket' },
      [ENV.eventBus]: { Ref: expect.stringMatching(/^EventsBus/) },
    });
    for (const [variable, queue] of [
      [ENV.enumerateQueue, 'enumerate'],
      [ENV.transferQueue, 'transfer'],
      [ENV.importQueue, 'import'],
      [ENV.workerQueue, 'worker'],
      [ENV.uploadsQueue, 'uploads'],
      [ENV.deadLetterQueue, 'dead-letters'],
    ] as const)
      expect(resources[referenceOf(supervise[variable])]?.Properties.QueueName).toBe(`orthanc-migrate-${queue}`);
    for (const [variable, name] of [
      [ENV.transferMapping, 'transfer'],
      [ENV.importMapping, 'import'],
    ] as const) {
      const mapping = resources[referenceOf(supervise[variable])];
      expect(resources[referenceOf(mapping?.Properties.FunctionName)]).toBe(named(functions, name));
    }
  });
});

test('a chunk counts as idle only when its message must be visible again', () => {
  const idleAfter = Number(variables(functions, 'supervise')[ENV.idleAfter]);
  for (const [, { Properties }] of ofType(resources, 'AWS::SQS::Queue'))
    expect(idleAfter).toBeGreaterThan(Properties.VisibilityTimeout ?? 30);
});

test('functions live in the network that is given by its ids', () => {
  for (const [, { Properties }] of functions)
    expect(Properties.VpcConfig).toEqual({
      SubnetIds: ['subnet-01234567', 'subnet-89abcdef'],
      SecurityGroupIds: ['sg-01234567'],
    });
  for (const [, { Properties }] of ofType(resourcesOf(LEAST), 'AWS::Lambda::Function'))
    expect(Properties).not.toHaveProperty('VpcConfig');
});
