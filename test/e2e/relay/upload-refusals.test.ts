import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Endpoint } from '../../../functions/core/endpoint.ts';
import type { EndpointName } from '../../../functions/core/ids.ts';
import { createServers } from '../../../functions/orthanc/servers.ts';
import { makeInstance } from '../../support/dicom.ts';
import { element, fileHeader } from '../../support/dicom-writer.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { piecesOf, Script } from '../../unit/relay/bodies.ts';
import { fileOf } from '../../unit/relay/raw-server.ts';
import { endpointOf, instancesOf } from './copies.ts';
import { Uploading } from './uploads.ts';

const USERS = { alice: 'p@ss:wörd' };
const NOT_DICOM = { status: 400, orthanc: true, orthancStatus: 15 };

/** DICOM without any of the identifiers of an instance. */
const NAMELESS = Buffer.concat([
  fileHeader('1.2.840.10008.5.1.4.1.1.2', '1.2.3'),
  element({ tag: 0x00080060, vr: 'CS', value: 'CT' }),
]);

describe.each(['1.10', '1.13'] as const)('Orthanc %s', (version) => {
  let target: RunningOrthanc;
  const uploading = new Uploading();
  const as = (username: string, password: string) =>
    uploading.to(target.url, { authorization: { kind: 'basic', username, password } });
  beforeAll(async () => {
    target = await startOrthanc({ version, users: USERS, config: { MaximumRequestBodySizeMB: 10 } });
  }, 60_000);
  afterEach(() => uploading.close());
  afterAll(() => target?.stop());

  test.each([
    ['no DICOM', fileOf(3000), NOT_DICOM],
    ['a lot of no DICOM', fileOf(5_000_000), NOT_DICOM],
    ['an empty body', Buffer.alloc(0), NOT_DICOM],
    ['an instance without identifiers', NAMELESS, { status: 404, orthanc: true, orthancStatus: 21 }],
  ])('refuses %s in its own words, and goes on with the connection', async (_what, file, answer) => {
    const { post } = as('alice', USERS.alice);
    for (let times = 0; times < 3; times += 1) {
      expect(await post(file)).toEqual({ kind: 'answer', side: 'target', answer });
    }
    expect(await post(makeInstance({ seed: file.length }))).toMatchObject({ kind: 'stored' });
  });

  test.each([3000, 9_000_000, 40_000_000])(
    'says 401 to a wrong password, whatever the size: %d bytes',
    async (bytes) => {
      const file = makeInstance({ seed: 1, bytes });
      for (let times = 0; times < 5; times++) {
        const result = await as('alice', 'wrong').post(file);
        expect(result).toMatchObject({ kind: 'answer', side: 'target', answer: { status: 401 } });
      }
    },
    20_000,
  );

  // The limit came with 1.12.11.
  if (version === '1.10') return;

  test('says 413 before it has read a file that is too large', async () => {
    const file = makeInstance({ seed: 2, bytes: 40_000_000 });
    for (let times = 0; times < 5; times++) {
      const result = await as('alice', USERS.alice).post(file);
      expect(result).toMatchObject({ kind: 'answer', side: 'target', answer: { status: 413 } });
    }
  }, 20_000);
});

test.each(['1.10', '1.13'] as const)(
  'an Orthanc %s that does not describe its errors is known as such before anything is uploaded',
  async (version) => {
    const target = await startOrthanc({ version, config: { HttpDescribeErrors: false } });
    const name = target.url as EndpointName;
    const endpoint: Endpoint = endpointOf(target.url);
    const servers = createServers({ endpoint: async () => endpoint });
    try {
      const upload = await servers.upload(name);
      const play = (file: Buffer) => upload(new Script(piecesOf(file, [1000])).request());
      expect(await play(fileOf(3000))).toEqual({
        kind: 'answer',
        side: 'target',
        answer: { status: 400, orthanc: true },
      });
      expect(await play(makeInstance({ seed: 3 }))).toMatchObject({ kind: 'stored' });
      expect(await instancesOf(target)).toBe(1);
      await servers.close();
      await expect(play(fileOf(10))).rejects.toThrow('the connections are closed');
    } finally {
      await servers.close();
      await target.stop();
    }
  },
  60_000,
);
