import { afterEach, expect, test } from '@jest/globals';
import type { OrthancId } from '../../../functions/core/ids.ts';
import { type Answer, described, StubServer, system, UNKNOWN } from './stub-server.ts';

const STUDY = '00000001-00000000-00000000-00000000-00000000' as OrthancId;
const SERIES = '00000003-00000000-00000000-00000000-00000000' as OrthancId;
const instance = (n: number) => `00000002-00000000-00000000-00000000-${String(n).padStart(8, '0')}` as OrthancId;

let stub: StubServer;
afterEach(() => stub.stop());

/** A server with one study of so many instances, each described in so many bytes. */
async function serve(
  count: number,
  {
    padding = 0,
    uid = (n: number) => `1.2.${n}`,
    refusal,
  }: Partial<{ padding: number; uid: (n: number) => string; refusal: Answer }> = {},
): Promise<StubServer> {
  const ids = Array.from({ length: count }, (_, n) => instance(n));
  const instances = ids.map((ID, n) => ({
    ...{ ID, FileSize: 1000 + n, Type: 'Instance' },
    MainDicomTags: { SOPInstanceUID: uid(n), Comment: 'x'.repeat(padding) },
  }));
  stub = await new StubServer(({ path }) => {
    if (path === '/system') return system({ Version: '1.10.1' });
    if (path.endsWith('/series')) return { body: [{ ID: SERIES, MainDicomTags: {}, Instances: ids }] };
    return refusal ?? { body: instances };
  }).start();
  return stub;
}

test('GIVEN a study THEN one answer tells size and UID of each instance', async () => {
  const client = (await serve(3)).client();
  expect(await client.describedInstances(STUDY)).toEqual(
    [0, 1, 2].map((n) => ({ id: instance(n), size: 1000 + n, sopInstanceUid: `1.2.${n}` })),
  );
  expect(stub.paths()).toEqual([`/studies/${STUDY}/instances`]);
});

test('GIVEN a UID that is none THEN it is not told: a search would take it for several, or for a pattern', async () => {
  const client = (await serve(2, { uid: (n) => (n === 0 ? '1.2\\1.3' : '1.*') })).client();
  expect(await client.describedInstances(STUDY)).toEqual([0, 1].map((n) => ({ id: instance(n), size: 1000 + n })));
});

test('GIVEN a study of more instances than an answer is read for THEN all IDs are told, without more', async () => {
  const client = (await serve(10_000, { padding: 1000 })).client();
  const listed = await client.describedInstances(STUDY);
  expect(listed).toEqual(Array.from({ length: 10_000 }, (_, n) => ({ id: instance(n) })));
  // The connection of the answer that was left is gone, the client is not; and it does not ask for all that again.
  expect(await client.describedInstances(STUDY)).toHaveLength(10_000);
  expect(stub.paths().filter((path) => path.endsWith('/instances'))).toHaveLength(1);
});

test('GIVEN a server that fails to describe an instance of the study THEN all IDs are told', async () => {
  const client = (await serve(3, { refusal: described(500, 1) })).client();
  expect(await client.describedInstances(STUDY)).toEqual([0, 1, 2].map((n) => ({ id: instance(n) })));
});

test('GIVEN a study that the server does not know THEN it is not there', async () => {
  const client = (await serve(3, { refusal: UNKNOWN })).client();
  expect(await client.describedInstances(STUDY)).toBeUndefined();
});

test('GIVEN a server that is away for a while THEN the study is described once it is back', async () => {
  let away = true;
  stub = await new StubServer(({ path }) => {
    if (path === '/system') return system({ Version: '1.10.1' });
    if (away) return described(503, 42);
    return { body: [{ ID: instance(0), FileSize: 1000, MainDicomTags: { SOPInstanceUID: '1.2.0' } }] };
  }).start();
  const client = stub.client();
  await expect(client.describedInstances(STUDY)).rejects.toMatchObject({ name: 'OrthancError' });
  away = false;
  expect(await client.describedInstances(STUDY)).toEqual([{ id: instance(0), size: 1000, sopInstanceUid: '1.2.0' }]);
});
