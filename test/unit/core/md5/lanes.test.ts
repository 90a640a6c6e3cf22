import { createHash, randomBytes, randomInt } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Lanes } from '../../../../functions/core/md5/lanes.ts';

const SLOTS = 24;
const SLOT_BYTES = 4096;
const lanes = new Lanes(SLOTS, SLOT_BYTES);

function expected(message: Buffer): string {
  return createHash('md5').update(message).digest('hex');
}

/** Hashes all of them in one turn of the event loop. */
async function together(messages: readonly Buffer[]): Promise<readonly string[]> {
  return Promise.all(
    messages.map(async (message) => {
      const slot = lanes.take();
      if (!slot) throw new Error('no slot is left');
      // What a slot held before must not matter.
      slot.bytes.fill(0xff);
      message.copy(slot.bytes);
      try {
        return await slot.md5(message.length);
      } finally {
        slot.release();
      }
    }),
  );
}

describe('MD5s of several messages at once', () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9, 16, 24])('%i messages around each length of padding', async (count) => {
    for (const length of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 128, SLOT_BYTES - 1, SLOT_BYTES]) {
      const messages = Array.from({ length: count }, () => randomBytes(length));
      expect(await together(messages)).toEqual(messages.map(expected));
    }
  });

  it('of any lengths, as Node.js makes them one by one', async () => {
    const message = fc.uint8Array({ maxLength: SLOT_BYTES, size: 'max' }).map((bytes) => Buffer.from(bytes));
    const batch = fc.array(message, { minLength: 1, maxLength: SLOTS });
    await fc.assert(
      fc.asyncProperty(batch, async (messages) => {
        expect(await together(messages)).toEqual(messages.map(expected));
      }),
      { numRuns: 200 },
    );
  });

  it('while others come and go', async () => {
    let wrong = 0;
    const one = async (): Promise<void> => {
      for (let run = 0; run < 100; run += 1) {
        const message = randomBytes(randomInt(SLOT_BYTES + 1));
        const [md5] = await together([message]);
        if (md5 !== expected(message)) wrong += 1;
        if (randomInt(3) === 0) await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await Promise.all(Array.from({ length: SLOTS }, one));
    expect(wrong).toBe(0);
  });

  it('a flipped bit anywhere shows, in whatever lane', async () => {
    const good = Array.from({ length: 8 }, () => randomBytes(1000));
    for (const lane of good.keys()) {
      const messages = good.map((message) => Buffer.from(message));
      const damaged = messages[lane] ?? Buffer.alloc(0);
      const at = randomInt(1000);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << randomInt(8));
      const md5s = await together(messages);
      expect(md5s.map((md5, index) => md5 === expected(good[index] ?? damaged))).toEqual(
        good.map((_, index) => index !== lane),
      );
    }
  });

  it('a message that may wait is hashed with those that come, or alone when none does', async () => {
    const [one, other] = [lanes.take(), lanes.take()];
    if (!one || !other) throw new Error('no slot is left');
    let asked = 0;
    const mayWait = () => {
      asked += 1;
      return true;
    };
    const first = one.md5(100, mayWait);
    // This one may not wait: both are made at the end of this turn.
    const begun = performance.now();
    await Promise.all([first, other.md5(100)]);
    expect(asked).toBe(0);
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(await one.md5(64, mayWait)).toBe(expected(one.bytes.subarray(0, 64)));
    expect(asked).toBeGreaterThan(0);
    asked = 0;
    await one.md5(64, () => {
      asked += 1;
      return false;
    });
    expect(asked).toBe(1);
    one.release();
    other.release();
  });

  it('slots come to an end, and back', () => {
    const few = new Lanes(2, 64);
    const [first, second] = [few.take(), few.take()];
    expect(few.take()).toBeUndefined();
    first?.release();
    first?.release();
    expect(few.take()).toBeDefined();
    expect(few.take()).toBeUndefined();
    second?.release();
  });
});
