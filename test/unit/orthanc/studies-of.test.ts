import { afterEach, describe, expect, test } from '@jest/globals';
import type { OrthancId } from '../../../functions/core/ids.ts';
import { type Answer, described, StubServer, UNKNOWN } from './stub-server.ts';

const id = (kind: string, n: number) =>
  `${kind}0000000-0000000a-0000000b-0000000c-${String(n).padStart(8, '0')}` as OrthancId;
const instance = (n: number) => id('1', n);
const series = (n: number) => id('2', n);
const study = (n: number) => id('3', n);
/** Two instances a series, two series a study. */
const row = (n: number) => ({ ID: instance(n), Type: 'Instance', ParentSeries: series(n >> 1) });
const parent = (n: number) => ({ ID: series(n), Type: 'Series', ParentStudy: study(n >> 1) });

const stubs: StubServer[] = [];
afterEach(async () => {
  for (const stub of stubs.splice(0)) await stub.stop();
});

/** A server that has the first so many instances. */
async function serve(count: number, bulk?: Answer): Promise<StubServer> {
  const stub = await new StubServer(({ path, body }) => {
    if (path === '/tools/bulk-content') {
      const { Resources, Level } = JSON.parse(body) as { Resources: string[]; Level: string };
      const rows = Array.from({ length: count }, (_, n) => (Level === 'Instance' ? row(n) : parent(n)));
      return bulk ?? { body: rows.filter(({ ID }) => Resources.includes(ID)) };
    }
    const n = Number(/-(\d+)\/study$/.exec(path)?.[1]);
    if (!(n < count)) return UNKNOWN;
    return { body: { ID: study(n >> 2), Type: 'Study', MainDicomTags: {} } };
  }).start();
  stubs.push(stub);
  return stub;
}

const ASKED = Array.from({ length: 12 }, (_, n) => instance(n));
const expected = (count: number) => new Map(ASKED.slice(0, count).map((one, n) => [one, study(n >> 2)]));

describe('studiesOf', () => {
  test('asks two questions for all of them, and leaves out what is unknown', async () => {
    const stub = await serve(10);
    expect(await stub.client().studiesOf(ASKED)).toEqual(expected(10));
    expect(stub.paths()).toEqual(['/tools/bulk-content', '/tools/bulk-content']);
  });

  test('asks 500 at a time', async () => {
    const stub = await serve(1100);
    const asked = Array.from({ length: 1100 }, (_, n) => instance(n));
    const found = await stub.client().studiesOf(asked);
    expect(found.get(instance(1099))).toBe(study(1099 >> 2));
    expect(found.size).toBe(1100);
    // Of instances three, of series two.
    expect(stub.asked.length).toBe(3 + 2);
  });

  test('asks one by one where the server has no such question', async () => {
    const stub = await serve(10, UNKNOWN);
    expect(await stub.client().studiesOf(ASKED)).toEqual(expected(10));
    expect(stub.asked.length).toBe(1 + ASKED.length);
  });

  test('asks nothing about nothing', async () => {
    const stub = await serve(10);
    expect(await stub.client().studiesOf([])).toEqual(new Map());
    expect(stub.asked).toEqual([]);
  });

  test('raises a failure rather than call anything unknown', async () => {
    const stub = await serve(10, described(503, 42));
    await expect(stub.client().studiesOf(ASKED)).rejects.toMatchObject({ name: 'OrthancError' });
  });
});
