import type { Side } from '../../core/answer.ts';
import type { Endpoint } from '../../core/endpoint.ts';
import { dialerOf } from './dial.ts';
import { Pool } from './pool.ts';
import { type Requests, requestsOf } from './requests.ts';

/** One side of a relay. */
export interface Peer {
  readonly pool: Pool;
  readonly requests: Requests;
  readonly undescribedErrors: () => boolean;
}

/** Raises `UsageError` when the endpoint's authorization cannot be sent. */
export function peerOf(
  side: Side,
  endpoint: Endpoint,
  bufferBytes: number,
  keepMs: number,
  undescribedErrors: (() => boolean) | undefined,
): Peer {
  return {
    pool: new Pool(side, dialerOf(endpoint), bufferBytes, keepMs),
    requests: requestsOf(endpoint),
    undescribedErrors: undescribedErrors ?? (() => false),
  };
}
