/** Files up to this size (bytes) are read in one go into a slab. */
export const SLAB_BYTES = 1024 * 1024;
/** Smaller ones are not worth keeping. */
const WORTH_KEEPING_BYTES = 64 * 1024;
/** Kept at most: more than transfers to one target run at a time. */
const KEPT = 64;

const idle: Buffer[] = [];

/** Memory for a file of so many bytes, at most `SLAB_BYTES`. A new one for each image would keep the garbage collector busy. */
export function takeSlab(bytes: number): Buffer {
  if (bytes <= WORTH_KEEPING_BYTES) return Buffer.allocUnsafe(bytes);
  return idle.pop() ?? Buffer.allocUnsafeSlow(SLAB_BYTES);
}

/** Gives memory back that nobody reads any more. */
export function giveSlab(slab: Buffer): void {
  if (slab.length === SLAB_BYTES && idle.length < KEPT) idle.push(slab);
}
