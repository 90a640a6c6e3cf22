import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { stage, strike } from './pair.ts';
import {
  answer,
  fileOf,
  INSTANCE,
  lengthOf,
  listen,
  recordedOf,
  serving,
  sipping,
  storedAnswer,
  storing,
} from './raw-server.ts';

afterEach(strike);

describe('moving an instance', () => {
  test.each([1, 100, 65_535, 65_536, 65_537, 262_144, 1_000_000, 20_000_000])('of %d bytes', async (bytes) => {
    const file = fileOf(bytes);
    const stored: Buffer[] = [];
    const { move } = await stage(serving(file), storing(stored));
    const { md5 } = recordedOf(file);
    expect(await move(file)).toEqual({ kind: 'stored', bytes, md5, id: INSTANCE, status: 'Success' });
    expect(stored.length).toBe(1);
    expect(stored[0]?.equals(file)).toBe(true);
  });

  test('without a recorded MD5 by its size alone, and still reports the MD5', async () => {
    const file = fileOf(300_000);
    const stored: Buffer[] = [];
    const { move } = await stage(serving(file), storing(stored));
    expect(await move(file, { recorded: { size: file.length } })).toMatchObject({
      kind: 'stored',
      md5: recordedOf(file).md5,
    });
  });

  test.each(['AlreadyStored', 'FilteredOut'])('reports the status %s', async (status) => {
    const target = listen(async (peer) => {
      await peer.bytes(lengthOf((await peer.head()) ?? ''));
      peer.send(storedAnswer(status));
    });
    const { move } = await stage(serving(fileOf(10)), target);
    expect(await move(fileOf(10))).toMatchObject({ kind: 'stored', status });
  });

  test('many at once over few connections', async () => {
    const file = fileOf(100_000);
    const stored: Buffer[] = [];
    const [source, target] = [await serving(file), await storing(stored)];
    // A busy machine may leave a connection idle for a while.
    const { move } = await stage(source, target, { keepMs: 60_000 });
    const worker = async () => {
      for (let i = 0; i < 50; i++) expect(await move(file)).toMatchObject({ kind: 'stored' });
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    expect(stored.length).toBe(200);
    expect(stored.every((body) => body.equals(file))).toBe(true);
    expect(source.connections).toBeLessThanOrEqual(4);
    expect(target.connections).toBeLessThanOrEqual(4);
  });

  test('asks and posts as HTTP wants it', async () => {
    const [gets, posts]: [string[], string[]] = [[], []];
    const { move } = await stage(serving(fileOf(10), gets), storing([], posts));
    await move(fileOf(10));
    expect(gets[0]).toMatch(
      new RegExp(
        `^GET /instances/${INSTANCE}/file HTTP/1.1\r\nHost: 127.0.0.1:\\d+\r\nUser-Agent: \\S+\r\nAccept-Encoding: identity\r\n\r\n$`,
      ),
    );
    expect(posts[0]).toMatch(
      /^POST \/instances HTTP\/1.1\r\nHost: 127.0.0.1:\d+\r\nUser-Agent: \S+\r\nContent-Type: application\/dicom\r\n/,
    );
    expect(posts[0]).toContain('\r\nContent-Length: 10\r\n');
  });

  test('awaits the bandwidth limit before each piece', async () => {
    const file = fileOf(200_000);
    const passed: number[] = [];
    const { move } = await stage(serving(file), storing([]));
    const throttle = async (bytes: number) => {
      passed.push(bytes);
      await sleep(1);
    };
    expect(await move(file, { throttle })).toMatchObject({ kind: 'stored' });
    expect(passed.reduce((sum, bytes) => sum + bytes, 0)).toBe(200_000);
    expect(Math.max(...passed)).toBeLessThanOrEqual(32 * 1024);
  });

  test('to a target that takes it in sips', async () => {
    const file = fileOf(30_000_000);
    const stored: Buffer[] = [];
    const { move } = await stage(
      serving(file),
      listen((peer) => sipping(peer, stored)),
    );
    expect(await move(file)).toMatchObject({ kind: 'stored' });
    expect(stored[0]?.equals(file)).toBe(true);
  });

  test('reads no further than the target takes', async () => {
    const file = fileOf(50_000_000);
    const target = listen(async (peer) => {
      await peer.head();
      peer.socket.pause();
    });
    let sent = 0;
    const source = listen(async (peer) => {
      await peer.head();
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${file.length}\r\n\r\n`);
      while (sent < file.length && !peer.ended) {
        const room = peer.socket.write(file.subarray(sent, sent + 500_000));
        sent += 500_000;
        if (!room) await Promise.race([once(peer.socket, 'drain'), once(peer.socket, 'close')]);
      }
    });
    const { move } = await stage(source, target, { idleMs: 300 });
    expect(await move(file)).toMatchObject({ kind: 'broken', side: 'target', breakage: { cause: 'timeout' } });
    // What the kernels of both sides buffer, but not the file.
    expect(sent).toBeLessThan(30_000_000);
  });
});

describe('bodies whose length is not announced', () => {
  const file = fileOf(150_000);
  const chunked = Buffer.concat([
    Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'),
    ...[0, 50_000, 100_000].flatMap((at) => [
      Buffer.from('c350\r\n'),
      file.subarray(at, at + 50_000),
      Buffer.from('\r\n'),
    ]),
    Buffer.from('0\r\n\r\n'),
  ]);

  test('are read when chunked', async () => {
    const source = listen(async (peer) => {
      while (await peer.head()) peer.send(chunked);
    });
    const stored: Buffer[] = [];
    const { move } = await stage(source, storing(stored));
    expect(await move(file)).toMatchObject({ kind: 'stored' });
    expect(await move(file)).toMatchObject({ kind: 'stored' });
    expect(stored[1]?.equals(file)).toBe(true);
  });

  test('are read to the end of the connection', async () => {
    const source = listen(async (peer) => {
      await peer.head();
      peer.socket.end(Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\n'), file]));
    });
    const stored: Buffer[] = [];
    const { move } = await stage(source, storing(stored));
    expect(await move(file)).toMatchObject({ kind: 'stored' });
    expect(stored[0]?.equals(file)).toBe(true);
  });

  test.each([
    ['one byte more', Buffer.concat([file, Buffer.from('x')])],
    ['one byte less', file.subarray(1)],
  ])('are a mismatch with %s', async (_what, body) => {
    const source = listen(async (peer) => {
      await peer.head();
      peer.socket.end(Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\n\r\n'), body]));
    });
    const stored: Buffer[] = [];
    const { move } = await stage(source, storing(stored));
    expect(await move(file)).toMatchObject({ kind: 'mismatch', bytes: body.length, expectedBytes: file.length });
    expect(stored).toEqual([]);
  });
});

test('interim answers and answers without length of the target are understood', async () => {
  const target = listen(async (peer) => {
    await peer.bytes(lengthOf((await peer.head()) ?? ''));
    peer.send('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: x\r\n\r\n');
    await sleep(5);
    const text = storedAnswer().toString('latin1').split('\r\n\r\n')[1] ?? '';
    peer.socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${text}`);
  });
  const { move } = await stage(serving(fileOf(10)), target);
  expect(await move(fileOf(10))).toMatchObject({ kind: 'stored' });
});

test('a success that is not Orthanc’s own is told from one that is', async () => {
  const target = listen(async (peer) => {
    await peer.bytes(lengthOf((await peer.head()) ?? ''));
    peer.send(answer(200, '<html>Welcome</html>', ['Content-Type: text/html']));
  });
  const { move } = await stage(serving(fileOf(10)), target);
  expect(await move(fileOf(10))).toEqual({ kind: 'answer', side: 'target', answer: { status: 200, orthanc: false } });
});
