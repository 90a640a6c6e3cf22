import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { until } from '../../support/until.ts';
import { piecesOf, Script } from './bodies.ts';
import { fileOf, recordedOf, storing } from './raw-server.ts';
import { interrupted, strike, uploadingTo } from './uploading.ts';

afterEach(strike);

const FILE = fileOf(1_000_000);
const SMALL = fileOf(3000);
const DAMAGED = new Error('damaged');

async function theatre() {
  const stored: Buffer[] = [];
  const target = await storing(stored);
  /** What is stored once the target has seen the end of every connection. */
  const storedAtLast = async () => {
    await until('the end of all connections', () => target.open.size === 0, 5);
    return stored;
  };
  return { stored, storedAtLast, target, ...(await uploadingTo(target)) };
}

describe('a body that raises', () => {
  test.each([
    ['at once', new Script([DAMAGED])],
    ['within a small body', new Script(interrupted(SMALL, 1, DAMAGED, [1000]))],
    ['after a small body', new Script([SMALL, DAMAGED, Buffer.alloc(0)])],
    ['after a body in one piece', new Script([FILE, DAMAGED, Buffer.alloc(0)])],
  ])('%s: the target is not troubled', async (_when, script) => {
    const { target, play } = await theatre();
    await expect(play(script)).rejects.toBe(DAMAGED);
    expect(target.connections).toBe(0);
    expect(script).toMatchObject({ opened: 1, closed: 1, misused: 0 });
  });

  test('when it is opened: the target is not troubled', async () => {
    const { target, upload } = await theatre();
    await expect(upload({ size: 10, open: () => Promise.reject(DAMAGED) })).rejects.toBe(DAMAGED);
    expect(target.connections).toBe(0);
  });

  test.each([
    ['within the body', interrupted(FILE, 5, DAMAGED)],
    ['before its last piece', interrupted(FILE, 9, DAMAGED)],
    ['after its last byte', [...piecesOf(FILE, [100_000]), DAMAGED, Buffer.alloc(0)]],
  ])('%s: the POST is aborted, then the body is released, and nothing is stored', async (_when, steps) => {
    const { storedAtLast, target, play } = await theatre();
    const script = new Script(steps);
    script.onClose = () => until('the end of the connection', () => target.open.size === 0, 5);
    await expect(play(script, { size: FILE.length })).rejects.toBe(DAMAGED);
    expect(target.connections).toBe(1);
    expect(await storedAtLast()).toEqual([]);
    expect(script).toMatchObject({ opened: 1, closed: 1, misused: 0 });
  });

  test('does not keep the next one from being stored', async () => {
    const { stored, play, post } = await theatre();
    await expect(play(new Script(interrupted(FILE, 5, DAMAGED)))).rejects.toBe(DAMAGED);
    expect(await post(SMALL)).toMatchObject({ kind: 'stored' });
    expect(stored).toEqual([SMALL]);
  });
});

describe('a body of another size', () => {
  test.each([
    ['small, shorter', [SMALL], SMALL.length + 1],
    ['small in pieces, shorter', piecesOf(SMALL, [1000]), SMALL.length + 1],
    ['large, shorter', piecesOf(FILE, [100_000]), FILE.length + 1],
    ['nothing at all', [Buffer.alloc(0)], 10],
  ])('%s: is a mismatch with its MD5', async (_what, pieces, size) => {
    const { storedAtLast, play } = await theatre();
    const file = Buffer.concat(pieces);
    for (const knowsItsEnd of [true, false]) {
      const script = new Script(pieces, knowsItsEnd);
      const { md5 } = recordedOf(file);
      expect(await play(script, { size })).toEqual({ kind: 'mismatch', bytes: file.length, expectedBytes: size, md5 });
      expect(script).toMatchObject({ closed: 1, misused: 0 });
    }
    expect(await storedAtLast()).toEqual([]);
  });

  test.each([
    ['in one piece', [FILE], FILE.length - 1],
    ['in pieces', piecesOf(FILE, [100_000]), FILE.length - 1],
    ['a piece more', piecesOf(FILE, [100_000]), FILE.length - 100_000],
    ['small, a byte more', piecesOf(SMALL, [2999]), SMALL.length - 1],
    ['instead of nothing', [SMALL], 0],
  ])('longer, %s: is a mismatch', async (_what, pieces, size) => {
    const { storedAtLast, play } = await theatre();
    for (const knowsItsEnd of [true, false]) {
      const script = new Script(pieces, knowsItsEnd);
      expect(await play(script, { size })).toMatchObject({ kind: 'mismatch', expectedBytes: size });
      expect(script).toMatchObject({ closed: 1, misused: 0 });
    }
    expect(await storedAtLast()).toEqual([]);
  });

  test('never is stored, whatever the sizes', async () => {
    const { storedAtLast, play } = await theatre();
    const lengths = fc.array(fc.nat(40_000), { minLength: 1, maxLength: 6 });
    const difference = fc.oneof(fc.constantFrom(-1, 1), fc.integer({ min: -100_000, max: 100_000 }));
    await fc.assert(
      fc.asyncProperty(lengths, difference, fc.boolean(), async (cuts, more, knowsItsEnd) => {
        const pieces = cuts.map((length) => fileOf(length));
        const bytes = cuts.reduce((sum, length) => sum + length, 0);
        const size = Math.max(0, bytes + more);
        fc.pre(size !== bytes);
        const script = new Script(pieces, knowsItsEnd);
        expect(await play(script, { size })).toMatchObject({ kind: 'mismatch', expectedBytes: size });
        expect(script).toMatchObject({ closed: 1, misused: 0 });
      }),
      { numRuns: 200 },
    );
    expect(await storedAtLast()).toEqual([]);
  }, 30_000);

  test('an empty one that was announced is left to the target to judge', async () => {
    const { stored, play } = await theatre();
    expect(await play(new Script([Buffer.alloc(0)]))).toMatchObject({ kind: 'stored', bytes: 0 });
    expect(stored).toEqual([Buffer.alloc(0)]);
  });
});

test('a whole body without MD5 is a fault of whoever made it, and is not stored', async () => {
  const { stored, upload } = await theatre();
  const open = async () => ({ next: async () => SMALL, last: true, md5: undefined });
  await expect(upload({ size: SMALL.length, open })).rejects.toThrow('MD5');
  expect(stored).toEqual([]);
});
