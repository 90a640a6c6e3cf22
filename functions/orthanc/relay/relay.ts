import type { Endpoint } from '../../core/endpoint.ts';
import type { Relay } from '../server.ts';
import { attempts } from './attempts.ts';
import { limitsOf, type RelayOptions } from './options.ts';
import { peerOf } from './peer.ts';
import { startSweeper } from './sweeper.ts';
import { Transfer } from './transfer.ts';

export interface RelayPair {
  /**
   * Rejects with the reason of `request.signal` when that is aborted, with what `request.throttle` raises, and after `close`;
   * everything that servers and wires can do is a result.
   */
  readonly relay: Relay;
  /** Ends all connections; relays under way are rejected. */
  close(): Promise<void>;
}

/** One read of the source; larger ones save system calls until the processor's cache is too small for them. */
const SOURCE_BUFFER_BYTES = 256 * 1024;
/** The target only answers, in a few hundred bytes. */
const TARGET_BUFFER_BYTES = 4 * 1024;

/**
 * Moves instances between two Orthanc servers over plain sockets: GET /instances/{id}/file of the source becomes the body of
 * POST /instances of the target, piece by piece, hashed on the way. Memory per relay is one read buffer, whatever the size.
 */
export function createRelay(source: Endpoint, target: Endpoint, options: RelayOptions = {}): RelayPair {
  const limits = limitsOf(options);
  const { undescribedErrors } = options;
  const peers = {
    source: peerOf('source', source, SOURCE_BUFFER_BYTES, limits.keepMs, undescribedErrors?.source),
    target: peerOf('target', target, TARGET_BUFFER_BYTES, limits.keepMs, undescribedErrors?.target),
  };
  const sweeper = startSweeper(limits, [peers.source.pool, peers.target.pool]);
  return {
    relay: (request) =>
      attempts(
        request.signal,
        (aborted, freshTarget) => new Transfer({ ...peers, limits, request, aborted, freshTarget }),
      ),
    async close() {
      clearInterval(sweeper);
      const reason = new Error('the relay is closed');
      peers.source.pool.close(reason);
      peers.target.pool.close(reason);
    },
  };
}
