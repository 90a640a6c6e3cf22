import { afterEach, describe, expect, test } from '@jest/globals';
import { StubServer } from './stub-server.ts';

const ID = '0a0a0a0a-0a0a0a0a-0a0a0a0a-0a0a0a0a-0a0a0a0a';
const stubs: StubServer[] = [];
afterEach(async () => {
  for (const stub of stubs.splice(0)) await stub.stop();
});

async function serve(body: unknown): Promise<StubServer> {
  const stub = await new StubServer(() => ({ body })).start();
  stubs.push(stub);
  return stub;
}

describe('changes', () => {
  test.each([Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY])(
    'refuses since=%p, which Orthanc takes as 0',
    async (since) => {
      const stub = await serve({ Changes: [], Done: true, Last: 0 });
      await expect(stub.client().changes(since, 10)).rejects.toThrow(RangeError);
      await expect(stub.client().changes(0, since)).rejects.toThrow(RangeError);
      expect(stub.asked).toEqual([]);
    },
  );

  test('gives what a job can use', async () => {
    const stub = await serve({ Changes: [{ Seq: 6, ChangeType: 'NewInstance', ID }], Done: false, Last: 6, First: 6 });
    expect(await stub.client().changes(5, 1)).toEqual({
      changes: [{ seq: 6, type: 'NewInstance', resource: ID }],
      last: 6,
      done: false,
    });
    expect(stub.paths()).toEqual(['/changes?since=5&limit=1']);
  });

  test('refuses changes that are not after the one asked for', async () => {
    const stub = await serve({ Changes: [{ Seq: 5, ChangeType: 'NewInstance', ID }], Done: false, Last: 5 });
    await expect(stub.client().changes(5, 1)).rejects.toMatchObject({ code: 'NOT_ORTHANC' });
  });
});
