import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createRelay, type RelayPair } from '../../../functions/orthanc/relay/relay.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { type Copy, endpointOf, fill } from './copies.ts';

const USERS = { alice: 'p@ss:wörd' };

describe.each(['1.10', '1.13'] as const)('Orthanc %s', (version) => {
  let source: RunningOrthanc;
  let target: RunningOrthanc;
  let copies: Copy[];
  const pairs: RelayPair[] = [];
  const relayAs = (username: string, password: string) => {
    const authorization = { kind: 'basic', username, password } as const;
    const pair = createRelay(endpointOf(source.url), endpointOf(target.url, { authorization }));
    pairs.push(pair);
    return pair.relay;
  };

  beforeAll(async () => {
    const config = { MaximumRequestBodySizeMB: 10 };
    [source, target] = await Promise.all([startOrthanc({ version }), startOrthanc({ version, users: USERS, config })]);
    copies = await fill(source, [3000, 9_000_000, 40_000_000]);
  }, 60_000);
  afterEach(async () => {
    for (const pair of pairs.splice(0)) await pair.close();
  });
  afterAll(async () => {
    await Promise.all([source?.stop(), target?.stop()]);
  });

  test('takes the right password', async () => {
    expect(await relayAs('alice', USERS.alice)(copies[0] as Copy)).toMatchObject({ kind: 'stored' });
  });

  test.each([0, 1, 2])(
    'says 401 to a wrong password, whatever the size (%d)',
    async (index) => {
      for (let times = 0; times < 5; times++) {
        expect(await relayAs('alice', 'wrong')(copies[index] as Copy)).toMatchObject({
          kind: 'answer',
          side: 'target',
          answer: { status: 401 },
        });
      }
    },
    20_000,
  );

  // The limit came with 1.12.11.
  if (version === '1.10') return;

  test('says 413 before it has read a file that is too large', async () => {
    for (let times = 0; times < 5; times++) {
      expect(await relayAs('alice', USERS.alice)(copies[2] as Copy)).toMatchObject({
        kind: 'answer',
        side: 'target',
        answer: { status: 413 },
      });
    }
  }, 20_000);
});

describe('a server that is killed within a large file', () => {
  const killing = async (victim: 'source' | 'target') => {
    const [source, target] = await Promise.all([startOrthanc({ version: '1.10' }), startOrthanc({ version: '1.13' })]);
    const { relay, close } = createRelay(endpointOf(source.url), endpointOf(target.url));
    try {
      const [copy] = await fill(source, [60_000_000]);
      let passed = 0;
      const throttle = async (bytes: number) => {
        const before = passed;
        passed += bytes;
        if (before < 30_000_000 && passed >= 30_000_000) await (victim === 'source' ? source : target).kill();
      };
      return await relay({ ...(copy as Copy), throttle });
    } finally {
      await close();
      await Promise.all([source.stop(), target.stop()]);
    }
  };

  test('the source: its kernel may end the connection in an orderly way', async () => {
    const result = await killing('source');
    if (result.kind === 'mismatch') expect(result.bytes).toBeLessThan(result.expectedBytes);
    else expect(result).toMatchObject({ kind: 'broken', side: 'source', breakage: { cause: 'reset' } });
  }, 30_000);

  test('the target', async () => {
    expect(await killing('target')).toMatchObject({ kind: 'broken', side: 'target', breakage: { cause: 'reset' } });
  }, 30_000);
});
