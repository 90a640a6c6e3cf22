import { Lanes, type Slot } from './lanes.ts';

/** Smaller messages are hashed at once, alone: they cost little, and others would have to be waited for. */
export const LEAST_BYTES = 32 * 1024;
/** Larger ones are hashed as they come. Most images are smaller. */
export const SLOT_BYTES = 1024 * 1024;
/** More than transfers to one target run at a time. */
const SLOTS = 64;

/** `null` where the machine has no vectors or no such memory: there each message is hashed by itself. */
let lanes: Lanes | null | undefined;

/** Memory for a message that is worth hashing beside others; `undefined` for any other, and when none is left. */
export function takeSlot(bytes: number): Slot | undefined {
  if (bytes < LEAST_BYTES || bytes > SLOT_BYTES) return undefined;
  lanes ??= makeLanes();
  return lanes?.take();
}

function makeLanes(): Lanes | null {
  try {
    return new Lanes(SLOTS, SLOT_BYTES);
  } catch (error) {
    if (error instanceof WebAssembly.CompileError || error instanceof RangeError) return null;
    throw error;
  }
}
