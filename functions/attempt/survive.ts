import { FatalError, MigrationError, messageOf } from '../core/errors.ts';
import { releaseExclusive } from '../core/gates.ts';
import { type ChunkRef, chunkKey, type EndpointName } from '../core/ids.ts';
import type { TransferWorker } from './worker.ts';

/** Of one attempt: its chunk, and how it names itself where it takes the target for itself. */
export interface Broken {
  readonly ref: ChunkRef;
  readonly target: EndpointName;
  readonly holder: string;
}

/**
 * Puts right what an attempt leaves behind that an error ended, as far as that can still be written down: nobody waits for the target
 * that it had to itself, and it counts as one that came back where the error says nothing about the chunk (a store, a queue, a secret or
 * a bucket that cannot be had for a moment).
 */
export async function survive(
  { ports }: TransferWorker,
  { ref, target, holder }: Broken,
  error: unknown,
): Promise<void> {
  const { store, clock, log } = ports;
  try {
    await releaseExclusive(ports, target, holder);
    if (isTrouble(error)) await store.changeChunk(ref, { kind: 'returned', at: clock.now(), crashed: false });
  } catch (reason) {
    log.warn({ chunk: chunkKey(ref) }, `an attempt will count as dead: ${messageOf(reason)}`);
  }
}

function isTrouble(error: unknown): boolean {
  return error instanceof MigrationError && !(error instanceof FatalError);
}
