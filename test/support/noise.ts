// Copied from, rather than computed, so that generating is as fast as memory. It is much longer than the window of any zlib
// stream (32 KiB), which therefore never sees a repetition.
const POOL_BYTES = 4 * 1024 * 1024;
let pool: Buffer | undefined;

/** Fills the target with bytes that look random and are always the same for the same seed. */
export function fillNoise(target: Buffer, seed: number): void {
  pool ??= makePool();
  const start = (seed * 40_503 * 16) % POOL_BYTES;
  let at = 0;
  while (at < target.length) {
    at += pool.copy(target, at, (start + at) % POOL_BYTES);
  }
  // Two seeds that begin at the same place differ here.
  if (target.length >= 8) target.writeDoubleLE(seed, 0);
}

/** Marsaglia's xorshift32. */
function makePool(): Buffer {
  const noise = Buffer.alloc(POOL_BYTES);
  let state = 0x9e3779b9;
  for (let at = 0; at < POOL_BYTES; at += 4) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    noise.writeInt32LE(state | 0, at);
  }
  return noise;
}
