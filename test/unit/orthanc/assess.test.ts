import { afterEach, describe, expect, test } from '@jest/globals';
import { assess, type Wanted } from '../../../functions/orthanc/assess.ts';
import { type Answer, type Asked, described, StubServer, system } from './stub-server.ts';

const WANTED: Wanted = { conflict: 'keep-target', labels: false, writes: true };
const CAPS = { MaximumPatientCount: 0, MaximumStorageSize: 0, MaximumStorageMode: 'Recycle' };
const ID = '0a0a0a0a-0a0a0a0a-0a0a0a0a-0a0a0a0a-0a0a0a0a';
const ATTACHMENT = { ContentType: 1, UncompressedSize: '390', UncompressedMD5: '0'.repeat(32), Uuid: 'the same' };
const stubs: StubServer[] = [];
afterEach(async () => {
  for (const stub of stubs.splice(0)) await stub.stop();
});

/** A healthy, empty server, but for what `but` answers. */
async function serve(fields: object = {}, but: (asked: Asked) => Answer = () => undefined): Promise<StubServer> {
  const stub = await new StubServer((asked) => {
    const route = asked.path.split('?')[0];
    return but(asked) ?? healthy(asked.method, route ?? '', { ...CAPS, ...fields });
  }).start();
  stubs.push(stub);
  return stub;
}

function healthy(method: string, route: string, fields: object): Answer {
  switch (`${method} ${route}`) {
    case 'GET /system':
      return system({ ...fields });
    case 'GET /statistics':
      return { body: { CountInstances: 0, CountStudies: 0, TotalUncompressedSize: '0' } };
    case 'GET /instances':
      return { body: [] };
    case 'GET /changes':
      return { body: { Changes: [], Done: true, Last: 0 } };
    case 'POST /instances':
      return described(400, 15);
    default:
      return described(404, 17);
  }
}

async function code(source: StubServer, target: StubServer, wanted: Partial<Wanted> = {}): Promise<string> {
  return assess(source.client(), target.client(), { ...WANTED, ...wanted }).then(
    ({ warnings }) => warnings.map((warning) => warning.code).join(),
    (error: { name: string; code: string }) => `${error.name} ${error.code}`,
  );
}

const on =
  (path: string, answer: Answer, method = 'GET') =>
  (asked: Asked) =>
    asked.path === path && asked.method === method ? answer : undefined;

describe('assess', () => {
  test('finds nothing to say about two healthy servers', async () => {
    expect(await code(await serve(), await serve())).toBe('');
  });

  test.each([
    ['UNAUTHORIZED', on('/system', { status: 401 })],
    ['UNAUTHORIZED', on('/statistics', { status: 403 })],
    ['NOT_ORTHANC', on('/system', { type: 'text/html', body: '<html></html>' })],
    ['FAILING', on('/system', described(500, 1))],
  ] as const)('%s is fatal and names the side', async (gate, but) => {
    expect(await code(await serve({}, but), await serve())).toBe(`FatalError SOURCE_${gate}`);
    expect(await code(await serve(), await serve({}, but))).toBe(`FatalError TARGET_${gate}`);
  });

  test('a server that is not there is unreachable', async () => {
    const gone = await serve();
    const source = gone.client();
    await gone.stop();
    const target = (await serve()).client();
    const error = await assess(source, target, WANTED).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ name: 'FatalError', code: 'SOURCE_UNREACHABLE' });
    expect((error as Error).message).toMatch(/^source stub: .*check the URL/);
  });

  test.each([
    ['what it says', { ReadOnly: true }, () => undefined],
    ['a refused POST', {}, on('/instances', { status: 405 }, 'POST')],
  ])('a target is read-only by %s; a comparison does not mind', async (_, fields, but) => {
    const target = await serve(fields, but);
    expect(await code(await serve(), target)).toBe('FatalError TARGET_READ_ONLY');
    expect(await code(await serve(), target, { writes: false })).toBe('');
  });

  test('nothing is posted for a comparison', async () => {
    const target = await serve();
    await code(await serve(), target, { writes: false });
    expect(target.asked.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('nothing is ever written to the source', async () => {
    const source = await serve();
    await code(source, await serve());
    expect(source.asked.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('a server is not migrated into itself', async () => {
    const server = await serve();
    expect(await code(server, server)).toBe('FatalError SOURCE_IS_TARGET');
  });

  test('looks again at a copy whose metrics were all moving: they tell the two processes apart once one rests', async () => {
    const restingFrom = (looks: number, rest: number) => {
      let asked = 0;
      return ({ path }: Asked): Answer => {
        if (path.startsWith('/instances?since=')) return { body: [ID] };
        if (path.endsWith('/attachments/dicom/info')) return { body: ATTACHMENT };
        if (path !== '/tools/metrics-prometheus') return undefined;
        const time = 1_795_444_487_000 + (++asked > looks ? rest : asked);
        return { type: 'text/plain', body: `orthanc_a 1 ${time}\n` };
      };
    };
    const ask = async (rest: number, other: number) =>
      code(await serve({}, restingFrom(2, rest)), await serve({}, restingFrom(1, other)));
    expect(await ask(500, 700)).toBe('SAME_FILES');
    expect(await ask(500, 500)).toBe('FatalError SOURCE_IS_TARGET');
  });

  test('overwriting needs a target that says that it replaces', async () => {
    const ask = async (fields: object) => code(await serve(), await serve(fields), { conflict: 'overwrite' });
    expect(await ask({})).toBe('FatalError OVERWRITE_NOT_SUPPORTED');
    expect(await ask({ OverwriteInstances: false })).toBe('FatalError OVERWRITE_NOT_SUPPORTED');
    expect(await ask({ OverwriteInstances: true })).toBe('');
    expect(await ask({ OverwriteInstances: true, OverwriteInstancesMode: 'IfChanged' })).toBe('');
  });

  test('labels need a source that has them', async () => {
    expect(await code(await serve(), await serve(), { labels: true })).toBe('FatalError LABELS_NOT_SUPPORTED');
    expect(await code(await serve({ HasLabels: true }), await serve(), { labels: true })).toBe('');
  });

  test.each([
    ['TARGET_RECYCLES', { MaximumPatientCount: 5 }],
    ['TARGET_RECYCLES', { MaximumStorageSize: 5 }],
    ['', { MaximumStorageSize: 5, MaximumStorageMode: 'Reject' }],
    ['TARGET_LIMITS_UNKNOWN', { MaximumStorageSize: undefined }],
    ['TARGET_TRANSCODES', { IngestTranscoding: '1.2.840.10008.1.2.4.90' }],
    ['TARGET_STORES_NO_MD5', { StoreMD5ForAttachments: false }],
    ['TARGET_OVERWRITES', { OverwriteInstances: true }],
  ])('warns %p of a target with %j', async (warning, fields) => {
    expect(await code(await serve(), await serve(fields))).toBe(warning);
  });

  test('warns of a source without MD5', async () => {
    expect(await code(await serve({ StoreMD5ForAttachments: false }), await serve())).toBe('SOURCE_STORES_NO_MD5');
  });
});
