import type { Endpoint } from '../../core/endpoint.ts';
import type { Relay, RelayRequest, RelayResult } from '../server.ts';
import { type Limits, limitsOf, type RelayOptions } from './options.ts';
import { type Peer, peerOf } from './peer.ts';
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
const SWEEP_MS = 250;

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
  const sweeper = setInterval(() => sweep(peers), sweepInterval(limits)).unref();
  return {
    relay: (request) => relayOne(peers, limits, request),
    async close() {
      clearInterval(sweeper);
      const reason = new Error('the relay is closed');
      peers.source.pool.close(reason);
      peers.target.pool.close(reason);
    },
  };
}

interface Peers {
  readonly source: Peer;
  readonly target: Peer;
}

/** One timer for all waits: setting one for each request would cost more than a request. */
function sweep({ source, target }: Peers): void {
  const now = performance.now();
  source.pool.sweep(now);
  target.pool.sweep(now);
}

function sweepInterval(limits: Limits): number {
  return Math.max(5, Math.min(SWEEP_MS, ...Object.values(limits).map((ms: number) => (ms === 0 ? SWEEP_MS : ms / 4))));
}

async function relayOne(peers: Peers, limits: Limits, request: RelayRequest): Promise<RelayResult> {
  const { signal } = request;
  if (!signal) return attempts(peers, limits, request, undefined, () => undefined);
  signal.throwIfAborted();
  let current: Transfer | undefined;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  // Nobody may be waiting for it.
  aborted.catch(() => undefined);
  const abort = () => {
    reject(signal.reason);
    current?.cancel(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await attempts(peers, limits, request, aborted, (transfer) => {
      current = transfer;
    });
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Tries again at once, on a new connection, when the target had closed a kept-alive one. */
async function attempts(
  peers: Peers,
  limits: Limits,
  request: RelayRequest,
  aborted: Promise<never> | undefined,
  onTransfer: (transfer: Transfer) => void,
): Promise<RelayResult> {
  for (let freshTarget = false; ; freshTarget = true) {
    request.signal?.throwIfAborted();
    const transfer = new Transfer({ ...peers, limits, request, aborted });
    onTransfer(transfer);
    const attempt = await transfer.run(freshTarget);
    if (attempt.kind !== 'stale') return attempt;
  }
}
