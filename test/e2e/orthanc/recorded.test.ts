import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OrthancId } from '../../../functions/core/ids.ts';
import type { Hints } from '../../../functions/orthanc/server.ts';
import { archive } from '../../support/archive.ts';
import type { OrthancVersion, RunningOrthanc } from '../../support/orthanc.ts';
import { upload } from '../../support/upload.ts';
import { Bench } from './servers.ts';

const FILES = [...archive({ studies: 4, instancesPerStudy: 30, seriesPerStudy: 2, bytes: (n) => 1_500 + n })];
const facts = (file: Buffer) => ({ size: file.length, md5: createHash('md5').update(file).digest('hex') });
const absent = (id: OrthancId) => `${id.slice(0, -8)}deadbeef` as OrthancId;
const WRONG_STUDY = '00000000-00000000-00000000-00000000-00000000' as OrthancId;

/** Gives each the other's value. */
function reversed<T>(values: ReadonlyMap<OrthancId, T>, ids: readonly OrthancId[]): Map<OrthancId, T> {
  const pairs = ids.map((id, i) => [id, values.get(ids[ids.length - 1 - i] as OrthancId)]);
  return new Map(pairs as [OrthancId, T][]);
}

describe.each(['1.10', '1.13'] as OrthancVersion[])('recorded() on Orthanc %s', (version) => {
  const bench = new Bench();
  afterAll(() => bench.close());

  describe.each([
    ['as it comes', {}, true],
    ['with tight limits for searches', { LimitFindInstances: 5, LimitFindResults: 5 }, true],
    ['with compressed storage', { StorageCompression: true }, true],
    ['without MD5', { StoreMD5ForAttachments: false }, false],
  ] as const)('%s', (_, config, hasMd5) => {
    let server: RunningOrthanc;
    let ids: OrthancId[];
    let expected: Map<OrthancId, { size: number; md5?: string }>;
    const studies = new Map<OrthancId, OrthancId>();
    const sopInstanceUids = new Map<OrthancId, string>();

    beforeAll(async () => {
      server = await bench.start({ version, config });
      ids = (await upload(server.url, FILES, { headers: server.headers })) as OrthancId[];
      expected = new Map();
      for (const [i, file] of FILES.entries()) {
        const { size, md5 } = facts(file);
        expected.set(ids[i] as OrthancId, hasMd5 ? { size, md5 } : { size });
      }
      const client = bench.client(server);
      for (const study of await client.studies()) {
        for (const { instances } of (await client.series(study)) ?? []) {
          for (const instance of instances) {
            studies.set(instance, study);
            sopInstanceUids.set(instance, (await client.sopInstanceUid(instance)) ?? '');
          }
        }
      }
    }, 60_000);

    test.each([
      ['the right studies', () => ({ studies })],
      ['no studies', () => ({})],
      ['wrong studies', () => ({ studies: new Map(ids.map((id) => [id, WRONG_STUDY])) })],
      ['swapped studies', () => ({ studies: reversed(studies, ids) })],
      ['the right UIDs', () => ({ sopInstanceUids })],
      ['the UIDs of some', () => ({ sopInstanceUids: new Map([...sopInstanceUids].filter((_, i) => i % 3 === 0)) })],
      ['wrong UIDs', () => ({ sopInstanceUids: new Map(ids.map((id, i) => [id, `1.2.${i}`])) })],
      ['swapped UIDs', () => ({ sopInstanceUids: reversed(sopInstanceUids, ids) })],
    ] as [string, () => Hints][])('finds all of them and nothing else, told %s', async (_, hint) => {
      const asked = ids.flatMap((id) => [id, absent(id)]);
      expect(await bench.client(server).recorded(asked, hint())).toEqual(expected);
    });

    test('finds all of them, a few at a time', async () => {
      const client = bench.client(server);
      for (let at = 0; at < ids.length; at += 6) {
        const few = ids.slice(at, at + 6);
        expect(await client.recorded(few, { studies })).toEqual(new Map(few.map((id) => [id, expected.get(id)])));
      }
    });

    test('finds none of those that are absent', async () => {
      const asked = ids.map(absent);
      const hint = new Map(ids.map((id) => [absent(id), studies.get(id) as OrthancId]));
      expect(await bench.client(server).recorded(asked)).toEqual(new Map());
      expect(await bench.client(server).recorded(asked, { studies: hint })).toEqual(new Map());
    });

    test('finds those of given UIDs, and calls nothing else likely there', async () => {
      const asked = ids.flatMap((id) => [id, absent(id)]);
      const uids = new Map(sopInstanceUids);
      for (const id of ids) uids.set(absent(id), `${sopInstanceUids.get(id)}.1`);
      expect(await bench.client(server).recorded(asked, { sopInstanceUids: uids }, 'likely')).toEqual(expected);
    });

    test('finds the last one, behind many that are absent', async () => {
      const last = ids.at(-1) as OrthancId;
      const found = await bench.client(server).recorded([...ids.map(absent), last]);
      expect(found).toEqual(new Map([[last, expected.get(last)]]));
    });
  });

  test('finds nothing in an empty server, and what comes later', async () => {
    const server = await bench.start({ version });
    const client = bench.client(server);
    const [file = Buffer.alloc(0)] = FILES;
    const many = Array.from({ length: 50 }, (_, i) => WRONG_STUDY.replace(/..$/, String(10 + i)) as OrthancId);
    expect(await client.recorded(many)).toEqual(new Map());
    const [id] = (await upload(server.url, [file], { headers: server.headers })) as [OrthancId];
    expect(await client.recorded([...many, id])).toEqual(new Map([[id, facts(file)]]));
  }, 30_000);
});
