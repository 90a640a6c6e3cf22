import { InvokeCommand, LambdaClient, UpdateEventSourceMappingCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ENV } from '../../../functions/environment.ts';
import { type Deployment, deploy } from '../../aws/deployment.ts';
import { depthOf, drain, sendTo } from '../../aws/queues.ts';
import type { Synthesis } from '../../aws/synthesis.ts';
import { until } from '../../support/until.ts';
import { rigStack, TIMEOUT_SECONDS } from './rig-stack.ts';

// A rig that is wrong proves nothing of what runs on it.

const FACTOR = 60;
let stack: Synthesis;
let deployment: Deployment;
let client: LambdaClient;

beforeAll(async () => {
  stack = await rigStack();
  deployment = await deploy({ synthesis: stack, factor: FACTOR, secrets: {} });
  client = new LambdaClient({
    region: 'us-east-1',
    endpoint: String(deployment.services.env.AWS_ENDPOINT_URL_LAMBDA),
    credentials: { accessKeyId: 'rig', secretAccessKey: 'rig' },
  });
});

afterAll(async () => {
  client.destroy();
  await deployment.remove();
  await stack.remove();
});

interface Seen {
  readonly env: Record<string, string>;
  readonly files: readonly string[];
  readonly invocations: number;
  readonly ticks: number;
  readonly begun: number;
  readonly ended: number;
  readonly remaining: number;
}

async function ask(payload: object, name = 'rig-import'): Promise<Seen> {
  const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(payload) }));
  return JSON.parse(answer.Payload?.transformToString() ?? 'null') as Seen;
}

const transfer = () => deployment.queue('transferQueue');
const send = (act: string, ms = 0) => sendTo(deployment.services.sqs, transfer(), JSON.stringify({ act, ms }));
const transferred = () => deployment.functions.transfer.statistics;

async function emptied(): Promise<void> {
  await until('the queue is empty', async () => {
    const { visible, inFlight } = await depthOf(deployment.services.sqs, transfer());
    return visible + inFlight === 0;
  });
}

test('GIVEN a function THEN it finds its asset alone, and the environment of the template and of the runtime', async () => {
  const { env, files } = await ask({});
  expect(files).toEqual(['index.mjs']);
  expect(env).toMatchObject({
    [ENV.transferQueue]: transfer(),
    [ENV.table]: 'rig-Table',
    [ENV.endpoints]: '{"a":"arn:aws:sqs:us-east-1:000000000000:rig-transfer"}',
    AWS_LAMBDA_FUNCTION_NAME: 'rig-import',
    AWS_REGION: 'us-east-1',
  });
  expect(Object.keys(env)).not.toContain('PATH');
});

test('GIVEN a function THEN its clock runs as fast as the rig says, and ends with its timeout', async () => {
  const begun = performance.now();
  const { begun: from, ended, remaining } = await ask({ sleepMs: 12_000 });
  const seconds = (performance.now() - begun) / 1000;
  expect(ended - from).toBeGreaterThanOrEqual(11_900);
  expect(seconds).toBeLessThan(TIMEOUT_SECONDS / 2);
  expect(remaining).toBeLessThanOrEqual((TIMEOUT_SECONDS - 11.9) * 1000);
});

test('GIVEN an environment that is free THEN it is used again, and stood still meanwhile', async () => {
  await ask({}, 'rig-uploads');
  const first = await ask({}, 'rig-uploads');
  await deployment.time.sleep(60_000);
  const second = await ask({}, 'rig-uploads');
  expect(second.invocations).toBe(first.invocations + 1);
  // 100 ticks a second by its own clock: a minute would have brought thousands.
  expect(second.ticks - first.ticks).toBeLessThan(500);
});

test('GIVEN a clock that is moved THEN functions and queues are told', async () => {
  const before = (await ask({})).ended;
  await deployment.time.move(3 * 3_600_000);
  expect((await ask({})).ended - before).toBeGreaterThan(3 * 3_600_000);
});

test('GIVEN an invocation longer than the timeout THEN its environment is killed', async () => {
  const { ended } = await ask({ sleepMs: (TIMEOUT_SECONDS + 60) * 1000 });
  expect(ended).toBeUndefined();
  expect(deployment.functions.import.statistics.errors.join()).toContain('timed out after 30 seconds');
  expect((await ask({})).invocations).toBe(1);
});

test('GIVEN records of every kind THEN what succeeded is deleted and what failed comes again, at last to the dead letters', async () => {
  for (const act of ['ok', 'refuse', 'ok', 'throw']) await send(act);
  await until('three invocations at least', () => transferred().invocations >= 1);
  await until('all is received', async () => (await depthOf(deployment.services.sqs, transfer())).visible === 0);
  const dead = deployment.queue('deadLetterQueue');
  for (let passed = 0; passed < 5; passed += 1) {
    await deployment.time.move(200_000);
    await deployment.time.sleep(40_000);
  }
  await emptied();
  const acts = (await drain(deployment.services.sqs, dead)).map((body) => (JSON.parse(body) as { act: string }).act);
  expect(acts).toContain('refuse');
  expect(acts).toContain('throw');
  expect(transferred().errors.join()).toContain('TypeError: thrown on purpose');
});

test('GIVEN a function that ends its process THEN its messages come again', async () => {
  const before = transferred().invocations;
  await send('exit');
  await until('it was invoked', () => transferred().invocations > before);
  await until('it was noticed', () => transferred().errors.join().includes('exited with status 3'));
  for (let passed = 0; passed < 4; passed += 1) {
    await deployment.time.move(200_000);
    await deployment.time.sleep(40_000);
  }
  await emptied();
  expect(await drain(deployment.services.sqs, deployment.queue('deadLetterQueue'))).toHaveLength(1);
});

test('GIVEN many messages THEN no more invocations run at a time than the mapping allows', async () => {
  for (let count = 0; count < 24; count += 1) await send('sleep', 2000);
  await emptied();
  expect(transferred().peak).toBe(2);
});

test('GIVEN a mapping that is disabled THEN nothing is received until it is enabled', async () => {
  const UUID = String(deployment.functions.supervise.settings.env[ENV.transferMapping]);
  const set = (Enabled: boolean) => client.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }));
  const mapping = deployment.mappings.get('transfer');
  await set(false);
  await expect(set(true)).rejects.toThrow('disabling');
  await until('it is disabled', () => mapping?.state === 'Disabled');
  await deployment.time.sleep(25_000);
  await send('ok');
  await deployment.time.sleep(30_000);
  expect((await depthOf(deployment.services.sqs, transfer())).visible).toBe(1);
  await set(true);
  await emptied();
  expect(mapping?.history).toEqual(['Enabled', 'Disabling', 'Disabled', 'Enabling', 'Enabled']);
});

test('GIVEN deliveries that are lost or come twice THEN the function sees none or both', async () => {
  const faults = deployment.mappings.get('transfer')?.faults ?? {};
  const seen = async (fault: keyof typeof faults) => {
    const before = transferred().invocations;
    Object.assign(faults, { [fault]: () => true });
    await send('ok');
    await emptied();
    Object.assign(faults, { [fault]: () => false });
    return transferred().invocations - before;
  };
  expect(await seen('lose')).toBe(0);
  expect(await seen('duplicate')).toBe(2);
});

test('GIVEN the schedule THEN supervision is invoked each minute', async () => {
  const before = deployment.functions.supervise.statistics.invocations;
  await deployment.time.sleep(300_000);
  const minutes = deployment.functions.supervise.statistics.invocations - before;
  expect(minutes).toBeGreaterThanOrEqual(4);
  expect(minutes).toBeLessThanOrEqual(6);
});
