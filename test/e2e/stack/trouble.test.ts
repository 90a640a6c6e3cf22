import { afterAll, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { EndpointName, JobId } from '../../../functions/core/ids.ts';
import { job } from '../../contract/samples.ts';
import { archive } from '../../support/archive.ts';
import { type Ended, endOf, events, run } from '../../support/command-line.ts';
import { inventory } from '../../support/independent.ts';
import { answerError, type LocalStack, startLocalStack } from '../../support/local-stack.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { freePort } from '../../support/ports.ts';
import { upload } from '../../support/upload.ts';

jest.setTimeout(180_000);

const FILTER = `function ReceivedInstanceFilter(dicom) return dicom['Modality'] ~= 'MR' end`;
let source: RunningOrthanc;
let target: RunningOrthanc;
let stack: LocalStack;

beforeAll(async () => {
  [source, target] = await Promise.all([
    startOrthanc({ version: '1.10' }),
    startOrthanc({ version: '1.13', lua: FILTER }),
  ]);
  await upload(source.url, archive({ studies: 2, instancesPerStudy: 20, modalities: ['CT', 'MR'] }));
  const away = `http://127.0.0.1:${await freePort()}/`;
  stack = await startLocalStack({ old: source.url, new: target.url, away, far: undefined });
});

afterAll(async () => {
  await stack?.stop();
  await Promise.all([source?.stop(), target?.stop()]);
});

beforeEach(() => {
  stack.instead = undefined;
});

const command = (...args: string[]): Promise<Ended> => run(args, stack.env);

function expectRefusal(ended: Ended, code: number, text: RegExp): void {
  expect(ended.stdout).toBe('');
  expect(ended.stderr).toMatch(/^error: [^\n]+\n$/);
  expect(ended.stderr).toMatch(text);
  expect(ended.code).toBe(code);
}

test('GIVEN failures THEN they are shown, and retried once their cause is gone', async () => {
  await target.restart({ lua: FILTER });
  const first = await command('replicate', 'old', 'new');
  expect(first.stdout).toMatch(/failed +20\n +20 TARGET_FILTERED_OUT: a filter of the target/);
  expect(first.stdout).toMatch(/orthanc-migrate failures \S+ --stack archive/);
  expect(first.code).toBe(6);
  const failures = await command('failures', '--limit', '3');
  expect(failures.stdout).toContain('TARGET_FILTERED_OUT (20 instances)');
  expect(failures.stdout).toContain('… and 17 more');
  expect(events((await command('failures', '--json')).stdout)).toHaveLength(20);
  expectRefusal(await command('failures', '--reason', 'STORED'), 2, /is no code of a failure/);
  await target.restart({ lua: '' });
  const retried = await command('retry', '--reason', 'TARGET_FILTERED_OUT', '--json');
  expect(events(retried.stdout).find(({ event }) => event === 'job')).toMatchObject({ how: 'retry' });
  expect(endOf(retried)).toMatchObject({ state: 'completed', exitCode: 0, counts: { success: 40, failure: 0 } });
});

test('GIVEN a smoke test THEN a study of nobody goes through the stack, and nothing of it stays', async () => {
  const before = await Promise.all([inventory(source), inventory(target)]);
  const smoke = await command('smoke', 'old', 'new');
  expect(smoke.stdout).toMatch(/^smoke test passed in .*: stack archive moved 2 instances from old to new/);
  expect(smoke.code).toBe(0);
  expect(await Promise.all([inventory(source), inventory(target)])).toEqual(before);
  expect(stack.asked).toContain('smoke-clean');
  expectRefusal(await command('smoke', 'old', 'old'), 2, /cannot be both source and target/);
  expectRefusal(await command('smoke', 'old', 'far'), 2, /only a worker reaches far/);
});

test('GIVEN a target that discards what it gets THEN the smoke test fails, and nothing of it stays either', async () => {
  const before = await Promise.all([inventory(source), inventory(target)]);
  await target.restart({ lua: `function ReceivedInstanceFilter(dicom) return dicom['Modality'] ~= 'OT' end` });
  const smoke = await command('smoke', 'old', 'new');
  await target.restart({ lua: '' });
  expect(smoke.stdout).toMatch(/failed +2\n +2 TARGET_FILTERED_OUT/);
  expect(smoke.stderr).toContain('the smoke test has failed');
  expect(smoke.code).toBe(6);
  expect(await Promise.all([inventory(source), inventory(target)])).toEqual(before);
});

test('GIVEN a study that no smoke test has made THEN it is never deleted', async () => {
  const [study = ''] = (await (await fetch(`${source.url}studies`)).json()) as string[];
  const id = 'smoke-forged' as JobId;
  const options = { ...job().options, selection: { studies: [study] } };
  const servers = { source: 'old' as EndpointName, target: 'new' as EndpointName };
  await stack.state.store.createJob(job({ id, ...servers, options, state: 'cancelled', createdAt: 1 }));
  const invoke = `${stack.env.AWS_ENDPOINT_URL_LAMBDA}/2015-03-31/functions/archive-supervise/invocations`;
  const body = JSON.stringify({ control: { type: 'smoke-clean', job: id } });
  expect(await (await fetch(invoke, { method: 'POST', body })).json()).toMatchObject({
    ok: false,
    code: 'NO_SMOKE_TEST',
    message: expect.stringContaining('is left alone'),
  });
  expect((await fetch(`${source.url}studies/${study}`)).status).toBe(200);
});

test('GIVEN places in buckets THEN an import of them is started, each under the key that it has everywhere', async () => {
  const started = await command('import', 's3://dumps/north', 's3://dumps/100 %/x', 'new', '--detach', '--dry-run');
  const [newest] = await stack.state.store.jobs();
  expect(started.stdout).toBe(`${newest?.id}\n`);
  expect(newest).toMatchObject({
    kind: 'import-dry-run',
    target: 'new',
    dump: { roots: ['s3://dumps/100 %25/x', 's3://dumps/north'] },
  });
  await command('cancel');
});

test('GIVEN one endpoint that is away THEN doctor shows it, and all the others', async () => {
  const doctor = await command('doctor');
  expect(doctor.stdout).toMatch(/^stack archive, version 0\.1\.0\n/);
  expect(doctor.stdout).toMatch(/endpoint old\n {2}Orthanc 1\.10\.1\n {2}2 studies, 40 instances, /);
  expect(doctor.stdout).toMatch(/endpoint new\n {2}Orthanc 1\.13\.0\n(.*\n)*? {2}can be read, and takes instances/);
  expect(doctor.stdout).toMatch(/endpoint away\n {2}UNREACHABLE: .*ECONNREFUSED/);
  expect(doctor.stdout).toContain('endpoint far\n  only a worker reaches it');
  expect(doctor.stdout).toMatch(/\ndead-letter +\d+ +\d+\n/);
  expect(doctor.code).toBe(1);
  const [event] = events((await command('doctor', '--json')).stdout);
  expect(event).toMatchObject({ stack: 'archive', endpoints: [{}, {}, { problem: { code: 'UNREACHABLE' } }, {}] });
});

test('GIVEN servers that no job can begin with THEN it is refused at once, and there is no job', async () => {
  const before = events((await command('jobs', '--json')).stdout).length;
  expectRefusal(await command('replicate', 'old', 'away'), 7, /target away: .*ECONNREFUSED.*; check the URL/);
  expectRefusal(
    await command('replicate', 'old', 'nowhere'),
    2,
    /there is no endpoint nowhere; .* old, new, away, far/,
  );
  expect(events((await command('jobs', '--json')).stdout)).toHaveLength(before);
});

test.each([
  [['replicate', 'http://me:secret@host/', 'new'], /SOURCE is a URL: with a stack, give the name of an endpoint/],
  [['replicate', 'old', 'new', '--state-dir', '/tmp'], /--state-dir is about this machine.*ORTHANC_MIGRATE_STACK/],
  [['replicate', 'old', 'new', '--ca-file', 'x'], /--ca-file is about this machine/],
  [['retry', '--source', 'old'], /--source is about this machine/],
  [['import', '/some/folder', 'new'], /\/some\/folder is nothing that a stack can read: give s3:/],
  [['import', 's3://b/x', 'new', '--orphans', 'skip'], /--orphans skip: in a bucket no index is looked into/],
  [['import', 's3://b/x', 'new', '--storage-key', 'x'], /--storage-key is about this machine/],
  [['status', '--stack', 'no such'], /--stack: "no such" is no name of a stack/],
  [['status', '--stack', ''], /--stack names nothing/],
  [['status', '--stack', 'other'], /there is no stack other in eu-central-1/],
  [['status', 'zzz'], /there is no job zzz/],
])('GIVEN %j THEN the mistake is one line', async (args, text) => {
  expectRefusal(await command(...args), 2, text);
});

test('GIVEN no stack THEN what needs one says so', async () => {
  const env = { ORTHANC_MIGRATE_STACK: '' };
  expectRefusal(await run(['pause'], env), 2, /pause is about a stack on AWS: give --stack NAME/);
  expectRefusal(await run(['replicate', source.url, target.url, '--detach'], env), 2, /--detach needs --stack/);
});

test('GIVEN a stack that cannot be asked THEN it says why', async () => {
  stack.instead = (response) => answerError(response, 403, 'AccessDeniedException', 'User is not authorized');
  expectRefusal(await command('jobs'), 7, /they need lambda:InvokeFunction on the function archive-supervise/);
  stack.instead = (response) => answerError(response, 403, 'UnrecognizedClientException', 'invalid token');
  expectRefusal(await command('jobs'), 7, /no valid AWS credentials \(UnrecognizedClientException\)/);
  stack.instead = (response) => {
    response.setHeader('x-amz-function-error', 'Unhandled');
    response.end(JSON.stringify({ errorType: 'Error', errorMessage: 'no\n  table' }));
  };
  expectRefusal(await command('jobs'), 7, /function archive-supervise failed: Error: no table; its log has more/);
  stack.instead = (response) => response.end('null');
  expectRefusal(await command('jobs'), 7, /does not answer as a stack of orthanc-migrate/);
});
