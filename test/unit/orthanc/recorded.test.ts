import type { Socket } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { OrthancId } from '../../../functions/core/ids.ts';
import type { Recorded } from '../../../functions/orthanc/server.ts';
import { type Answer, described, StubServer, system, UNKNOWN } from './stub-server.ts';

const id = (n: number) =>
  n
    .toString(16)
    .padStart(40, '0')
    .replace(/(.{8})(?=.)/g, '$1-') as OrthancId;
const ids = (from: number, count: number) => Array.from({ length: count }, (_, i) => id(from + i));
const STUDY = id(0xf00d);
const SERIES = id(0xf00e);
const MD5 = '0123456789abcdef0123456789abcdef';
const FACT = { size: 390, md5: MD5 };
const attachment = (md5 = MD5) => ({ ContentType: 1, UncompressedSize: 390, UncompressedMD5: md5, Uuid: 'u' });
const found = (list: readonly OrthancId[]) =>
  list.map((ID) => ({ ID, Type: 'Instance', Attachments: [{ ...attachment(), ContentType: 3 }, attachment()] }));
const inStudy = (list: readonly OrthancId[]) => ({ studies: new Map(list.map((instance) => [instance, STUDY])) });

interface Behaviour {
  readonly version?: string;
  /** What the server holds; everything else is unknown to it. */
  readonly holds: readonly OrthancId[];
  readonly find?: (body: Record<string, unknown>) => Answer;
  readonly bulk?: (held: readonly OrthancId[]) => Answer;
  readonly info?: Answer;
}

const stubs: StubServer[] = [];
afterEach(async () => {
  for (const stub of stubs.splice(0)) await stub.stop();
});

async function serve(behaviour: Behaviour): Promise<StubServer> {
  const stub = await new StubServer(({ path, body }) => {
    if (path === '/system') return system({ Version: behaviour.version ?? '1.13.0' });
    if (path === '/tools/find') return behaviour.find?.(JSON.parse(body)) ?? { body: found(behaviour.holds) };
    if (path === '/tools/bulk-content') {
      const held = (JSON.parse(body).Resources as OrthancId[]).filter((instance) => behaviour.holds.includes(instance));
      return behaviour.bulk?.(held) ?? { body: held.map((ID) => ({ ID, Type: 'Instance', ParentSeries: SERIES })) };
    }
    const [, resource] = /^\/instances\/([^/]+)$/.exec(path) ?? [];
    if (resource !== undefined) return { body: { ID: resource, ParentSeries: SERIES, MainDicomTags: {} } };
    const [, instance = '', what = ''] = /^\/instances\/([^/]+)\/attachments\/dicom\/(\w+)$/.exec(path) ?? [];
    if (!behaviour.holds.includes(instance as OrthancId)) return UNKNOWN;
    if (what === 'info') return behaviour.info ?? { body: attachment() };
    return { body: what === 'size' ? '390' : MD5, type: 'text/plain' };
  }).start();
  stubs.push(stub);
  return stub;
}

const count = (stub: StubServer, pattern: RegExp) => stub.paths().filter((path) => pattern.test(path)).length;
const all = (list: readonly OrthancId[]): Map<OrthancId, Recorded> =>
  new Map(list.map((instance) => [instance, FACT as Recorded]));
/** The order of answers is of no importance. */
const sorted = (map: ReadonlyMap<OrthancId, Recorded>) => [...map].sort();

describe('recorded', () => {
  test('asks a study in one question where the version has it', async () => {
    const asked = ids(0, 50);
    const stub = await serve({ holds: ids(0, 60) });
    expect(sorted(await stub.client().recorded(asked, inStudy(asked)))).toEqual(sorted(all(asked)));
    expect(stub.paths()).toEqual(['/system', '/tools/find']);
  });

  test('asks what a cut answer left out', async () => {
    const asked = ids(0, 50);
    const stub = await serve({ holds: asked, find: () => ({ body: found(asked.slice(0, 5)) }) });
    expect(sorted(await stub.client().recorded(asked, inStudy(asked)))).toEqual(sorted(all(asked)));
  });

  test('asks what a wrong hint did not find', async () => {
    const asked = ids(0, 50);
    const stub = await serve({ holds: asked, find: () => ({ body: [] }) });
    expect(sorted(await stub.client().recorded(asked, inStudy(asked)))).toEqual(sorted(all(asked)));
  });

  test('never asks an old version for a study: it would list the whole server', async () => {
    const asked = ids(0, 20);
    const stub = await serve({ version: '1.12.4', holds: asked });
    expect(sorted(await stub.client().recorded(asked, inStudy(asked)))).toEqual(sorted(all(asked)));
    expect(count(stub, /find/)).toBe(0);
  });

  test('gives up the question by study, once, when the server does not understand it', async () => {
    const asked = ids(0, 20);
    const stub = await serve({ holds: asked, find: () => ({ body: asked }) });
    const client = stub.client();
    expect(sorted(await client.recorded(asked, inStudy(asked)))).toEqual(sorted(all(asked)));
    await client.recorded(asked, inStudy(asked));
    expect(count(stub, /find/)).toBe(1);
  });

  test('ignores instances that were not asked for', async () => {
    const asked = ids(0, 10);
    const stub = await serve({ holds: ids(0, 100) });
    expect((await stub.client().recorded(asked, inStudy(asked))).size).toBe(10);
  });

  test('asks a large study series by series', async () => {
    const stub = await serve({
      holds: ids(0, 1000),
      find: ({ ParentSeries }) => (ParentSeries === SERIES ? { body: found(ids(0, 60)) } : undefined),
    });
    const client = stub.client();
    for (let at = 0; at < 60; at += 20) {
      const asked = ids(at, 20);
      expect(sorted(await client.recorded(asked, inStudy(asked)))).toEqual(sorted(all(asked)));
    }
    // Only the first time is it seen that the study is large.
    expect(count(stub, /find/)).toBe(3);
    expect(count(stub, /attachments/)).toBe(0);
  });

  test('does not list a large series again and again for a few instances', async () => {
    const stub = await serve({ holds: ids(0, 1000) });
    const client = stub.client();
    for (let at = 0; at < 60; at += 10) {
      const asked = ids(at, 10);
      expect(sorted(await client.recorded(asked, inStudy(asked)))).toEqual(sorted(all(asked)));
    }
    expect(count(stub, /find/)).toBe(2);
  });

  test('learns with few questions that nothing is there', async () => {
    const asked = ids(0, 200);
    const stub = await serve({ holds: ids(500, 10), find: () => ({ body: [] }) });
    expect((await stub.client().recorded(asked, inStudy(asked))).size).toBe(0);
    // The version, the study, a sample of eight, and one question about all others.
    expect(stub.asked.length).toBe(11);
  });

  test('finds the few that are there among many that are not', async () => {
    const asked = ids(0, 200);
    const holds = [id(50), id(199)];
    const stub = await serve({ version: '1.10.1', holds });
    expect(sorted(await stub.client().recorded(asked))).toEqual(sorted(all(holds)));
    expect(stub.asked.length).toBe(1 + 8 + 1 + holds.length);
  });

  describe('where likely absence is enough', () => {
    const asked = ids(0, 200);
    const likely = (stub: StubServer, client = stub.client()) => client.recorded(asked, inStudy(asked), 'likely');
    const nothing = () => ({ body: [] });

    test('learns at once that nothing is there, the second time without a search', async () => {
      const stub = await serve({ holds: [], find: nothing });
      const client = stub.client();
      expect((await likely(stub, client)).size).toBe(0);
      expect(stub.paths()).toEqual(['/system', '/tools/find', '/tools/bulk-content', '/tools/bulk-content']);
      expect((await likely(stub, client)).size).toBe(0);
      expect(stub.paths().slice(4)).toEqual(['/tools/bulk-content', '/tools/bulk-content']);
    });

    test('finds what is there, also where nothing was there the last time', async () => {
      const holds: OrthancId[] = [];
      const stub = await serve({ holds, find: () => ({ body: found(holds) }) });
      const client = stub.client();
      expect((await likely(stub, client)).size).toBe(0);
      holds.push(...asked.slice(50, 57));
      expect(sorted(await likely(stub, client))).toEqual(sorted(all(asked.slice(50, 57))));
    });

    test('believes no search that may be cut', async () => {
      const holds = asked.slice(100, 103);
      const stub = await serve({ holds, find: nothing });
      expect(sorted(await likely(stub))).toEqual(sorted(all(holds)));
    });

    test.each(['1.10.1', '1.13.0'])('describes but a few where all is there (%s)', async (version) => {
      const stub = await serve({ version, holds: asked, find: nothing });
      expect(sorted(await likely(stub))).toEqual(sorted(all(asked)));
      expect(count(stub, /bulk/)).toBe(1);
    });

    test('asks each where the server cannot tell', async () => {
      const stub = await serve({ version: '1.9.0', holds: asked.slice(0, 2), bulk: () => UNKNOWN });
      expect(sorted(await likely(stub))).toEqual(sorted(all(asked.slice(0, 2))));
      expect(count(stub, /size/)).toBe(200);
    });

    test('what is left out is absent only where that need not be proven', async () => {
      const stub = await serve({ holds: asked, find: nothing, bulk: nothing });
      expect((await likely(stub)).size).toBe(0);
      expect((await stub.client().recorded(asked, inStudy(asked))).size).toBe(200);
    });
  });

  describe('with SOPInstanceUIDs', () => {
    const uidOf = (instance: OrthancId) => `1.2.${Number.parseInt(instance.slice(-8), 16)}`;
    const uids = (list: readonly OrthancId[]) => new Map(list.map((instance) => [instance, uidOf(instance)]));
    /** Answers as a server does that holds these, and whose searches are cut after so many. */
    const holding =
      (holds: readonly OrthancId[], most = Number.POSITIVE_INFINITY) =>
      ({ Query }: Record<string, unknown>): Answer => {
        const wanted = (Query as { SOPInstanceUID: string }).SOPInstanceUID.split('\\');
        return { body: found(holds.filter((instance) => wanted.includes(uidOf(instance)))).slice(0, most) };
      };

    test('asks 40 instances in one question, whatever studies they are in', async () => {
      const asked = ids(0, 90);
      const stub = await serve({ holds: asked, find: holding(asked) });
      expect(sorted(await stub.client().recorded(asked, { sopInstanceUids: uids(asked) }))).toEqual(sorted(all(asked)));
      expect(count(stub, /find/)).toBe(3);
      expect(stub.asked.length).toBe(1 + 3);
    });

    test('an empty answer is enough where likely absence is, and not where it has to be proven', async () => {
      const asked = ids(0, 200);
      const stub = await serve({ holds: asked.slice(0, 3), find: holding([]) });
      const hints = { sopInstanceUids: uids(asked) };
      expect((await stub.client().recorded(asked, hints, 'likely')).size).toBe(0);
      expect(stub.asked.length).toBe(1 + 5);
      expect((await stub.client().recorded(asked, hints)).size).toBe(3);
    });

    test('calls nothing absent for a cut answer', async () => {
      const [asked, holds] = [ids(0, 40), ids(10, 25)];
      const stub = await serve({ holds, find: holding(holds, 10) });
      const hints = { sopInstanceUids: uids(asked) };
      expect(sorted(await stub.client().recorded(asked, hints, 'likely'))).toEqual(sorted(all(holds)));
      // Three answers bring something, the fourth shows that there is no more.
      expect(count(stub, /find/)).toBe(4);
      expect(count(stub, /attachments|bulk/)).toBe(0);
    });

    test('does not ask forever when an answer brings only what was not wanted', async () => {
      const asked = ids(0, 20);
      const stub = await serve({ holds: asked, find: () => ({ body: found(ids(900, 2)) }) });
      const hints = { sopInstanceUids: uids(asked) };
      expect(sorted(await stub.client().recorded(asked, hints, 'likely'))).toEqual(sorted(all(asked)));
      expect(count(stub, /find/)).toBe(1);
    });

    test('goes on asking by study when somebody refuses the UIDs, and the other way round', async () => {
      const asked = ids(0, 40);
      for (const refused of ['Query', 'ParentStudy']) {
        const stub = await serve({
          holds: asked,
          find: (body) =>
            'ParentStudy' in body === (refused === 'ParentStudy') ? described(403, 0) : { body: found(asked) },
        });
        const client = stub.client();
        const hints = { ...inStudy(asked), ...(refused === 'Query' && { sopInstanceUids: uids(asked) }) };
        for (const _ of [1, 2]) expect(sorted(await client.recorded(asked, hints))).toEqual(sorted(all(asked)));
        const byUid = await client.recorded(asked, { sopInstanceUids: uids(asked) });
        expect(sorted(byUid)).toEqual(sorted(all(asked)));
        expect(count(stub, /find/)).toBe(refused === 'Query' ? 1 + 2 : 1 + 1);
      }
    });

    test('asks old versions otherwise', async () => {
      const asked = ids(0, 20);
      const stub = await serve({ version: '1.12.4', holds: asked });
      expect(sorted(await stub.client().recorded(asked, { sopInstanceUids: uids(asked) }))).toEqual(sorted(all(asked)));
      expect(count(stub, /find/)).toBe(0);
    });
  });

  test('does without bulk-content where it is not allowed', async () => {
    const asked = ids(0, 100);
    const stub = await serve({ version: '1.9.0', holds: asked.slice(30), bulk: () => UNKNOWN });
    expect(sorted(await stub.client().recorded(asked))).toEqual(sorted(all(asked.slice(30))));
  });

  test('asks size and MD5 apart before 1.10.0, where a 404 of `info` says nothing', async () => {
    const stub = await serve({ version: '1.9.7', holds: [id(1)], info: UNKNOWN });
    expect(await stub.client().recorded([id(1), id(2)])).toEqual(all([id(1)]));
    expect(count(stub, /info/)).toBe(0);
  });

  test('tells that no MD5 was recorded', async () => {
    const stub = await serve({ holds: [id(1)], info: { body: attachment('') } });
    expect(await stub.client().recorded([id(1)])).toEqual(new Map([[id(1), { size: 390 }]]));
  });

  test.each([
    ['an instance', { holds: [id(1)], find: () => ({ body: [] }), info: described(503, 42) }],
    ['the study', { holds: [], find: () => described(503, 42) }],
    ['bulk-content', { holds: [], find: () => ({ body: [] }), bulk: () => described(503, 42) }],
    ['a gateway', { holds: [id(1)], find: () => ({ body: [] }), info: { status: 404, body: 'no backend' } }],
  ] as [string, Behaviour][])('raises a failure of %s rather than call anything absent', async (_, behaviour) => {
    const asked = ids(0, 50);
    const stub = await serve(behaviour);
    await expect(stub.client().recorded(asked, inStudy(asked))).rejects.toMatchObject({ name: 'OrthancError' });
  });

  test("asks in batches over at most eight connections besides the library's own", async () => {
    const asked = ids(0, 300);
    const connections = new Set<Socket>();
    const stub = await new StubServer(({ path }, response) => {
      if (path === '/system') return system({ Version: '1.10.1' });
      if (response.socket) connections.add(response.socket);
      setTimeout(() => response.end(JSON.stringify(attachment())), 2);
      return undefined;
    }).start();
    stubs.push(stub);
    expect((await stub.client().recorded(asked)).size).toBe(300);
    // A sample of eight is asked singly.
    expect(connections.size).toBeLessThanOrEqual(8 + 8);
    expect(count(stub, /attachments/)).toBe(300);
  });

  test('asks singly what a gateway that does not like batches refused', async () => {
    const asked = ids(0, 100);
    const seen = new Set<string>();
    const stub = await new StubServer(({ path }, response) => {
      if (path === '/system') return system({ Version: '1.10.1' });
      if (response.req.headers['user-agent'] !== undefined) return { status: 400, body: 'one at a time' };
      seen.add(path);
      return { body: attachment() };
    }).start();
    stubs.push(stub);
    expect((await stub.client().recorded(asked)).size).toBe(100);
    expect(seen.size).toBe(100);
  });
});
