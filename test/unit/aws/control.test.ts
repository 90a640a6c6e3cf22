import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createControl } from '../../../functions/aws/control.ts';
import { createLog } from '../../../functions/aws/log.ts';
import { type AwsPlace, createPlace } from '../../../functions/aws/place.ts';
import { readSettings } from '../../../functions/aws/settings.ts';
import { createUploads } from '../../../functions/aws/uploads.ts';
import { ENV } from '../../../functions/environment.ts';
import { type AwsEmulator, CREDENTIALS, REGION, startAws } from '../../support/aws.ts';
import { type DynamoDb, startDynamoDb } from '../../support/dynamodb.ts';
import { settingsVariables } from './settings-variables.ts';

const FOREVER = { remainingMs: () => 300_000 };
const before = { ...process.env };
let aws: AwsEmulator;
let dynamoDb: DynamoDb;
let variables: Record<string, string>;
let place: AwsPlace;
const lines: Record<string, unknown>[] = [];
const metrics: [string, number][] = [];

beforeAll(async () => {
  [aws, dynamoDb] = [await startAws(), await startDynamoDb()];
  const url = (name: string) => aws.server.createQueue(name).queueUrl;
  variables = settingsVariables({
    [ENV.table]: await dynamoDb.createTable(),
    [ENV.evidenceBucket]: aws.server.createBucket('evidence').bucketName,
    [ENV.enumerateQueue]: url('s-enumerate'),
    [ENV.transferQueue]: url('s-transfer'),
    [ENV.importQueue]: url('s-import'),
    [ENV.deadLetterQueue]: url('s-dead-letters'),
    [ENV.workerQueue]: url('s-worker'),
    [ENV.uploadsQueue]: url('s-uploads'),
    [ENV.otherDeadLetterQueues]: JSON.stringify([url('s-enumerate-dead-letters')]),
    [ENV.uploads]: JSON.stringify({ target: 'archive', prefix: 'incoming/', quietMinutes: 30, orphans: 'skip' }),
    [ENV.dumpBucket]: 'dumps',
    [ENV.superviseEvery]: '60',
  });
  Object.assign(process.env, {
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${aws.server.port}`,
    AWS_ENDPOINT_URL_SQS: `http://127.0.0.1:${aws.server.port}`,
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
  });
  const log = createLog('info', { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  place = createPlace(readSettings(variables), { log, metrics: { add: (...metric) => void metrics.push(metric) } });
});
afterAll(async () => {
  await place.close();
  process.env = before;
  await Promise.all([aws.stop(), dynamoDb.stop()]);
});

test('the ports are those of the settings', async () => {
  const { ports, workerQueue } = place;
  expect(await ports.store.jobs()).toEqual([]);
  await ports.objects.write('jobs/j/x', Buffer.from('x'));
  expect(aws.server.inspectQueue('s-transfer')?.messages.ready).toEqual([]);
  await ports.queues.transfer.send([{ body: 'a' }]);
  expect(aws.server.inspectQueue('s-transfer')?.messages.ready).toHaveLength(1);
  expect(ports.lane).toEqual({ queue: workerQueue, aboveBytes: 1_073_741_824, endpoints: new Set(['pacs']) });
  expect(ports.superviseEveryMs).toBe(60_000);
  expect(ports).not.toHaveProperty('events');
  expect(ports).not.toHaveProperty('feeds');
});

test('without a queue for it there is no lane for a worker', () => {
  const { [ENV.workerQueue]: _, ...rest } = variables;
  const alone = createPlace(readSettings(rest), { log: place.ports.log });
  expect(alone.ports).not.toHaveProperty('lane');
  expect(alone).not.toHaveProperty('workerQueue');
});

test('depths are those of every queue, each by its name', async () => {
  await place.ports.queues.enumerate.send([{ body: 'a' }, { body: 'b' }]);
  await place.ports.queues.enumerate.receive(1, 30);
  const depths = await createControl(place, variables).depths();
  expect(depths.find(({ queue }) => queue === 'enumerate')).toEqual({ queue: 'enumerate', visible: 1, inFlight: 1 });
  expect(depths.map(({ queue }) => queue)).toEqual([
    'enumerate',
    'transfer',
    'import',
    'worker',
    'uploads',
    'dead-letter',
    's-enumerate-dead-letters',
  ]);
});

test('a link gives an object to whoever has it, for 15 minutes', async () => {
  await place.ports.objects.write('jobs/j/manifest.json', Buffer.from('{"v":1}'));
  const link = new URL(await createControl(place, variables).link('jobs/j/manifest.json'));
  expect(link.searchParams.get('X-Amz-Expires')).toBe('900');
  expect(await (await fetch(link)).text()).toBe('{"v":1}');
});

test('only what the stack has set is told of the environment', () => {
  const { environment, endpoints } = createControl(place, { ...variables, AWS_SECRET_ACCESS_KEY: 's3cret', PATH: '/' });
  expect(environment).toEqual(variables);
  expect(endpoints).toEqual([
    { name: 'pacs', worker: true },
    { name: 'archive', worker: false },
  ]);
});

test('one supervision runs at a time, and lets the next one begin when it has ended', async () => {
  const { store, clock } = place.ports;
  const { tick } = createControl(place, variables);
  await tick(FOREVER);
  await tick(FOREVER);
  expect(metrics.filter(([name]) => name === 'JobsRunning')).toHaveLength(2);
  expect(await store.leaseHolder('supervise', clock.now())).toBeUndefined();

  await store.takeLease('supervise', 'other', clock.now(), 60_000);
  await tick(FOREVER);
  expect(metrics.filter(([name]) => name === 'JobsRunning')).toHaveLength(2);
  expect(lines.at(-1)).toMatchObject({ message: 'another supervision is under way' });
  expect(await store.leaseHolder('supervise', clock.now())).toBe('other');
  await store.releaseLease('supervise', 'other');
});

test('a supervision that has died holds up the next one until a minute after its invocation would have ended', async () => {
  const { store, clock } = place.ports;
  let held: Promise<string | undefined>[] = [];
  const dying = {
    ...place,
    ports: {
      ...place.ports,
      metrics: {
        add: () => {
          const at = (ms: number) => store.leaseHolder('supervise', clock.now() + ms);
          held = [at(0), at(45_000), at(63_000)];
        },
      },
    },
  };
  await createControl(dying, variables).tick({ remainingMs: () => 2000 });
  const [now, soon, late] = await Promise.all(held);
  expect([typeof now, typeof soon, late]).toEqual(['string', 'string', undefined]);
});

test('uploads become a standing import of the dump bucket', async () => {
  const { settings, queue, filesOf } = createUploads(place);
  expect(settings).toEqual({
    source: 's3://dumps/incoming/',
    target: 'archive',
    quietMs: 1_800_000,
    options: { selection: {}, check: 'md5', conflict: 'keep-target', maxWaitMs: 30 * 86_400_000, orphans: 'skip' },
  });
  expect(queue.name).toBe('uploads');
  expect(filesOf({ Service: 'Amazon S3', Event: 's3:TestEvent' })).toEqual([]);
  const { [ENV.uploads]: _, ...rest } = variables;
  const without = createPlace(readSettings(rest), { log: place.ports.log });
  expect(() => createUploads(without)).toThrow(expect.objectContaining({ code: 'SETTINGS_INVALID' }));
});
