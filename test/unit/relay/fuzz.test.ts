import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { stage, strike } from './pair.ts';
import { parsed } from './parsing.ts';
import { fileOf, lengthOf, listen, recordedOf, serving, storedAnswer, storing } from './raw-server.ts';

afterEach(strike);

/** Cuts bytes at some of the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
}

const places = fc.array(fc.nat(100_000), { maxLength: 20 });
const body = fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes));
const padding = fc.array(fc.constantFrom('X-A: b', 'Server: x y', 'Date:', 'A:\tb '), { maxLength: 3 });

const withLength = fc.tuple(body, padding).map(([content, headers]) => {
  const lines = ['HTTP/1.1 200 OK', ...headers, `Content-Length: ${content.length}`, '', ''];
  return { content, wire: Buffer.concat([Buffer.from(lines.join('\r\n')), content]) };
});
const inChunks = fc.tuple(fc.array(body, { maxLength: 5 }), padding).map(([contents, headers]) => {
  const lines = ['HTTP/1.1 200 OK', ...headers, 'Transfer-Encoding: chunked', '', ''];
  const chunks = contents
    .filter(({ length }) => length > 0)
    .flatMap((one) => [Buffer.from(`${one.length.toString(16)}\r\n`), one, Buffer.from('\r\n')]);
  const wire = Buffer.concat([Buffer.from(lines.join('\r\n')), ...chunks, Buffer.from('0\r\n\r\n')]);
  return { content: Buffer.concat(contents), wire };
});
const untilClose = body.map((content) => ({
  content,
  wire: Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n'), content]),
}));
const valid = fc.oneof(withLength, inChunks, untilClose);

/** A valid answer with some bytes replaced, or cut off, or nothing like an answer. */
const damaged = fc.oneof(
  fc
    .tuple(valid, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }), fc.nat())
    .map(([{ wire }, changes, end]) => {
      const bytes = Buffer.from(wire);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      return bytes.subarray(0, end % (bytes.length + 1));
    }),
  fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(fc.constantFrom('HTTP/1.1 ', '200', '100', ' OK', '\r\n', '\r\n\r\n', 'Content-Length: ', '5', ':', '\n'))
    .map((words) => Buffer.from(words.join(''))),
);

describe('the parser', () => {
  test('gives the same for an answer however it is cut', () => {
    fc.assert(
      fc.property(valid, places, ({ content, wire }, cuts) => {
        expect(parsed(cut(wire, cuts))).toMatchObject({ events: 'head end', body: content.toString('latin1') });
      }),
      { numRuns: 1000 },
    );
  });

  test('gives the same for garbage however it is cut', () => {
    fc.assert(
      fc.property(damaged, places, (wire, cuts) => {
        const { events, body: content, error } = parsed([wire]);
        expect(parsed(cut(wire, cuts))).toMatchObject({ events, body: content });
        expect(parsed(cut(wire, cuts)).error).toEqual(error);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a relay', () => {
  const file = fileOf(1500);
  const recorded = recordedOf(file);
  const kinds = ['stored', 'answer', 'mismatch', 'broken'];

  test('ends in a result whatever the source sends, and stores nothing else than the file', async () => {
    let wire: Buffer = Buffer.alloc(0);
    let cuts: number[] = [];
    const stored: Buffer[] = [];
    const source = await listen(async (peer) => {
      if ((await peer.head()) === undefined) return;
      for (const piece of cut(wire, cuts)) {
        peer.send(piece);
        await new Promise(setImmediate);
      }
      peer.socket.end();
    });
    const { move } = await stage(source, storing(stored), { idleMs: 2000 });
    await fc.assert(
      fc.asyncProperty(damaged, places, async (bytes, at) => {
        [wire, cuts] = [bytes, at];
        const result = await move(file, { recorded });
        expect(kinds).toContain(result.kind);
        expect(stored.every((one) => one.equals(file))).toBe(true);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  test('ends in a result whatever the target answers, and whenever', async () => {
    let wire: Buffer = Buffer.alloc(0);
    let after = 0;
    const target = await listen(async (peer) => {
      const head = await peer.head();
      if (head === undefined) return;
      await peer.bytes(Math.min(after, lengthOf(head)));
      peer.socket.end(wire);
    });
    const { move } = await stage(serving(file), target, { idleMs: 2000 });
    const answers = fc.oneof(damaged, fc.constant(storedAnswer()));
    await fc.assert(
      fc.asyncProperty(answers, fc.nat(2000), async (bytes, at) => {
        [wire, after] = [bytes, at];
        expect(kinds).toContain((await move(file, { recorded })).kind);
      }),
      { numRuns: 300 },
    );
  }, 60_000);

  test('passes a file through however it is cut', async () => {
    const large = fileOf(200_000, 7);
    const head = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${large.length}\r\n\r\n`);
    const wire = Buffer.concat([head, large]);
    let cuts: number[] = [];
    const stored: Buffer[] = [];
    const source = await listen(async (peer) => {
      while (await peer.head()) {
        for (const piece of cut(wire, cuts)) {
          peer.send(piece);
          await new Promise(setImmediate);
        }
      }
    });
    const { move } = await stage(source, storing(stored), { idleMs: 2000 });
    await fc.assert(
      fc.asyncProperty(places, async (at) => {
        cuts = at;
        expect(await move(large)).toMatchObject({ kind: 'stored' });
        expect(stored.pop()?.equals(large)).toBe(true);
      }),
      { numRuns: 50 },
    );
  }, 60_000);
});
