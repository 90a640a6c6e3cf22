import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { piecesOf, Script } from './bodies.ts';
import { fileOf, INSTANCE, lengthOf, listen, recordedOf, sipping, storedAnswer, storing } from './raw-server.ts';
import { interrupted, strike, uploadingTo } from './uploading.ts';

afterEach(strike);

describe('uploading an instance', () => {
  test.each([1, 100, 65_535, 65_536, 65_537, 1_000_000, 5_000_001])('of %d bytes', async (bytes) => {
    const file = fileOf(bytes);
    const stored: Buffer[] = [];
    const { play } = await uploadingTo(storing(stored));
    for (const knowsItsEnd of [true, false]) {
      for (const length of [bytes, 65_537, Math.ceil(bytes / 3)]) {
        const script = new Script(piecesOf(file, [length]), knowsItsEnd);
        const { md5 } = recordedOf(file);
        expect(await play(script)).toEqual({ kind: 'stored', bytes, md5, id: INSTANCE, status: 'Success' });
        expect(stored.pop()?.equals(file)).toBe(true);
        expect(script).toMatchObject({ opened: 1, closed: 1, misused: 0 });
      }
    }
  });

  test('of any size in any pieces, over one connection', async () => {
    const stored: Buffer[] = [];
    const target = await storing(stored);
    const { play } = await uploadingTo(target);
    const lengths = fc.array(fc.oneof(fc.nat(10), fc.nat(70_000)), { minLength: 1, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.boolean(), fc.nat(1000), async (cuts, knowsItsEnd, seed) => {
        const pieces = cuts.map((length, index) => fileOf(length, seed * 10 + index + 1));
        const script = new Script(pieces, knowsItsEnd);
        expect(await play(script)).toMatchObject({ kind: 'stored' });
        expect(stored.pop()?.equals(Buffer.concat(pieces))).toBe(true);
        expect(script).toMatchObject({ opened: 1, closed: 1, misused: 0 });
      }),
      { numRuns: 200 },
    );
    expect(target.connections).toBe(1);
  }, 30_000);

  test('posts as HTTP wants it', async () => {
    const posts: string[] = [];
    const { post } = await uploadingTo(storing([], posts));
    await post(fileOf(10));
    expect(posts[0]).toMatch(
      /^POST \/instances HTTP\/1.1\r\nHost: 127.0.0.1:\d+\r\nUser-Agent: \S+\r\nContent-Type: application\/dicom\r\n/,
    );
    expect(posts[0]).toContain('\r\nContent-Length: 10\r\n');
  });

  test('many at once over few connections', async () => {
    const file = fileOf(100_000);
    const stored: Buffer[] = [];
    const target = await storing(stored);
    const { play } = await uploadingTo(target);
    const scripts = Array.from({ length: 200 }, () => new Script(piecesOf(file, [30_000])));
    const results = await Promise.all(scripts.map((script) => play(script)));
    expect(results.every(({ kind }) => kind === 'stored')).toBe(true);
    expect(stored.length).toBe(200);
    expect(stored.every((body) => body.equals(file))).toBe(true);
    expect(scripts.every(({ opened, closed, misused }) => opened === 1 && closed === 1 && misused === 0)).toBe(true);
    expect(target.connections).toBeLessThanOrEqual(32);
  });

  test('to a target that takes it in sips', async () => {
    const file = fileOf(30_000_000);
    const stored: Buffer[] = [];
    const { play } = await uploadingTo(listen((peer) => sipping(peer, stored)));
    expect(await play(new Script(piecesOf(file, [999_983])))).toMatchObject({ kind: 'stored' });
    expect(stored[0]?.equals(file)).toBe(true);
  });

  test('reads no further than the target takes', async () => {
    const target = listen(async (peer) => {
      await peer.head();
      peer.socket.pause();
    });
    let read = 0;
    const pieces = piecesOf(fileOf(50_000_000), [500_000]);
    const counted = pieces.flatMap((piece) => {
      const count = async () => {
        read += piece.length;
      };
      return [count, piece];
    });
    const { play } = await uploadingTo(target, { idleMs: 300 });
    const result = await play(new Script(counted));
    expect(result).toMatchObject({ kind: 'broken', side: 'target', breakage: { cause: 'timeout' } });
    expect(read).toBeLessThan(30_000_000);
  });

  test('does not blame the target for a body that takes its time', async () => {
    const stored: Buffer[] = [];
    const { play } = await uploadingTo(storing(stored), { idleMs: 100, answerMs: 100 });
    const script = new Script(interrupted(fileOf(300_000), 1, () => sleep(400)));
    expect(await play(script)).toMatchObject({ kind: 'stored' });
  });

  test('releases the body before the target has answered', async () => {
    const script = new Script([fileOf(100)]);
    const target = listen(async (peer) => {
      await peer.bytes(lengthOf((await peer.head()) ?? ''));
      while (script.closed === 0) await sleep(5);
      peer.send(storedAnswer());
    });
    const { play } = await uploadingTo(target, { answerMs: 2000 });
    expect(await play(script)).toMatchObject({ kind: 'stored' });
  });

  test('does not care whether the body can be released', async () => {
    const script = new Script([fileOf(100)]);
    script.onClose = () => Promise.reject(new Error('bad file descriptor'));
    const { play } = await uploadingTo(storing([]));
    expect(await play(script)).toMatchObject({ kind: 'stored' });
  });

  test('of a body that cannot be released', async () => {
    const file = fileOf(100);
    const { md5 } = recordedOf(file);
    const { upload } = await uploadingTo(storing([]));
    const open = async () => ({ next: async () => file, last: true, md5 });
    expect(await upload({ size: file.length, open })).toMatchObject({ kind: 'stored', md5 });
  });
});

describe('the bandwidth limit', () => {
  test('is awaited before each piece', async () => {
    const file = fileOf(200_000);
    const passed: number[] = [];
    const { post } = await uploadingTo(storing([]));
    const throttle = async (bytes: number) => {
      passed.push(bytes);
      await sleep(1);
    };
    expect(await post(file, { throttle })).toMatchObject({ kind: 'stored' });
    expect(passed.reduce((sum, bytes) => sum + bytes, 0)).toBe(200_000);
    expect(Math.max(...passed)).toBeLessThanOrEqual(32 * 1024);
  });

  test('is awaited before a connection to the target is taken', async () => {
    const target = await storing([]);
    const { post } = await uploadingTo(target);
    const before: number[] = [];
    const throttle = async () => {
      await sleep(20);
      before.push(target.connections);
    };
    await post(fileOf(50_000), { throttle });
    expect(before).toEqual([0, 1]);
  });

  test('may raise, which stores nothing', async () => {
    const stored: Buffer[] = [];
    const { play } = await uploadingTo(storing(stored));
    const script = new Script(piecesOf(fileOf(200_000), [50_000]));
    let calls = 0;
    const throttle = async () => {
      calls += 1;
      if (calls === 3) throw new Error('no bandwidth');
    };
    await expect(play(script, { throttle })).rejects.toThrow('no bandwidth');
    expect(stored).toEqual([]);
    expect(script).toMatchObject({ closed: 1, misused: 0 });
  });
});
