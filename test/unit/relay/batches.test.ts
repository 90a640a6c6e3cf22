import { afterEach, describe, expect, test } from '@jest/globals';
import { Batches } from '../../../functions/orthanc/relay/batches.ts';
import { answer, listen, type Peer, type RawServer } from './raw-server.ts';

const open: { close(): unknown }[] = [];

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const PATHS = Array.from({ length: 300 }, (_, index) => `instances/${index}/attachments/dicom/info`);

async function ask(script: (peer: Peer, number: number) => Promise<void>, paths: readonly string[] = PATHS) {
  const server: RawServer = await listen(script);
  const batches = new Batches(server.endpoint, 'source');
  open.push(batches, server);
  const answers = new Map<string, string>();
  const wentWell = await batches.ask(paths, (index, { head, body }) => {
    answers.set(paths[index] ?? '', `${head.status} ${body}`);
  });
  return { server, wentWell, answers };
}

function pathOf(head: string): string {
  return head.slice('GET /'.length, head.indexOf(' HTTP'));
}

async function echo(peer: Peer): Promise<void> {
  for (let head = await peer.head(); head !== undefined; head = await peer.head()) peer.send(answer(200, pathOf(head)));
}

describe('questions in batches', () => {
  test('gives each path its own answer, over eight connections', async () => {
    const { server, wentWell, answers } = await ask(echo);
    expect(wentWell).toBe(true);
    expect([...answers].sort()).toEqual(PATHS.map((path) => [path, `200 ${path}`]).sort());
    expect(server.connections).toBe(8);
  });

  test('does not wait for an answer before it sends the next question', async () => {
    const heads: string[] = [];
    const { answers } = await ask(
      async (peer) => {
        for (let left = 5; left > 0; left -= 1) heads.push((await peer.head()) ?? '');
        for (const head of heads) peer.send(answer(200, pathOf(head)));
      },
      PATHS.slice(0, 5),
    );
    expect(answers.size).toBe(5);
  });

  test('takes answers that come in shreds or all in one piece', async () => {
    for (const size of [1, 7, 100_000]) {
      const { answers } = await ask(
        async (peer) => {
          const parts: Buffer[] = [];
          for (let left = 8; left > 0; left -= 1) parts.push(answer(200, pathOf((await peer.head()) ?? '')));
          const all = Buffer.concat(parts);
          for (let at = 0; at < all.length; at += size) peer.send(all.subarray(at, at + size));
        },
        PATHS.slice(0, 8),
      );
      expect([...answers.values()]).toEqual(PATHS.slice(0, 8).map((path) => `200 ${path}`));
    }
  });

  test('leaves out what was not answered, and says so when a new connection breaks', async () => {
    const { wentWell, answers } = await ask(
      async (peer) => {
        peer.send(answer(200, pathOf((await peer.head()) ?? '')));
        await peer.head();
        peer.socket.destroy();
      },
      PATHS.slice(0, 8),
    );
    expect(wentWell).toBe(false);
    expect(answers.size).toBeLessThanOrEqual(1);
  });

  test('gives up the rest where a server closes after each answer', async () => {
    const { wentWell, answers } = await ask(
      async (peer) => {
        peer.send(answer(200, pathOf((await peer.head()) ?? ''), ['Connection: close']));
        peer.socket.end();
      },
      PATHS.slice(0, 8),
    );
    expect(wentWell).toBe(false);
    expect([...answers.keys()]).toEqual([PATHS[0]]);
  });

  test('is not misled by an answer that nobody asked for', async () => {
    const { wentWell } = await ask(
      async (peer) => {
        for (let left = 4; left > 0; left -= 1) await peer.head();
        for (let extra = 0; extra < 5; extra += 1) peer.send(answer(200, 'x'));
        await peer.head();
      },
      PATHS.slice(0, 4),
    );
    expect(wentWell).toBe(true);
  });
});
