import type { Answer } from './answers.ts';

/** Which requests a fault is meant for; everything that is given must agree. */
export interface Match {
  readonly method?: string;
  /** The path without the query: as a whole, or by a pattern. */
  readonly path?: string | RegExp;
  /** Bytes somewhere in the first 64 KiB of the request's body. */
  readonly bodyContains?: string | Buffer;
  /** Of the DICOM file that is posted. */
  readonly sopInstanceUid?: string;
}

export type Action =
  /** Answers itself; the server sees nothing of the request. */
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** Never answers; the server sees nothing of the request. */
  | { readonly kind: 'hang' }
  /**
   * Breaks the connection after so many bytes of the body (half of them by default). A cut response with `afterBytes: 0` has
   * its head and nothing else; `lost` takes the whole response away, although the server did its work.
   */
  | { readonly kind: 'cut'; readonly where: 'request' | 'response'; readonly afterBytes?: number }
  | { readonly kind: 'lost' }
  /** Inverts one bit of the body: in its middle, or at this offset (counted from the end when negative). */
  | { readonly kind: 'flip'; readonly where: 'request' | 'response'; readonly at?: number }
  /** Does something when the request came in, or when all of its body went to the server; for instance kills the server. */
  | { readonly kind: 'run'; readonly when: 'before' | 'after'; readonly run: () => unknown };

export type Fault = Match &
  Action & {
    /** Lets so many matching requests pass first. */
    readonly skip?: number;
    /** Ends after so many hits. */
    readonly times?: number;
    /** Hits only every n-th of the matching requests. */
    readonly every?: number;
  };

export interface ActiveFault {
  readonly fault: Fault;
  /** How often it hit. */
  hits: number;
  /** How often it could have. */
  matched: number;
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  /** The first bytes of the body. */
  readonly head: Buffer;
  readonly sopInstanceUid: string | undefined;
}

/** The first fault that applies; counts its hit. */
export function pick(faults: readonly ActiveFault[], seen: Seen): Fault | undefined {
  for (const active of faults) {
    const { fault } = active;
    if (!matches(fault, seen) || active.hits >= (fault.times ?? Number.POSITIVE_INFINITY)) continue;
    active.matched += 1;
    const turn = active.matched - (fault.skip ?? 0);
    if (turn <= 0 || turn % (fault.every ?? 1) !== 0) continue;
    active.hits += 1;
    return fault;
  }
  return undefined;
}

function matches(fault: Match, seen: Seen): boolean {
  if (fault.method !== undefined && fault.method !== seen.method) return false;
  if (typeof fault.path === 'string' && fault.path !== seen.path) return false;
  if (fault.path instanceof RegExp && !fault.path.test(seen.path)) return false;
  if (fault.sopInstanceUid !== undefined && fault.sopInstanceUid !== seen.sopInstanceUid) return false;
  return fault.bodyContains === undefined || seen.head.includes(fault.bodyContains);
}

/** (0002,0003) Media Storage SOP Instance UID, explicit VR little endian as always in the meta information. */
const SOP_INSTANCE = Buffer.from([0x02, 0x00, 0x03, 0x00, 0x55, 0x49]);

export function sopInstanceUid(head: Buffer): string | undefined {
  const at = head.indexOf(SOP_INSTANCE);
  if (at < 0 || at + 8 > head.length) return undefined;
  const length = head.readUInt16LE(at + 6);
  return head.toString('latin1', at + 8, at + 8 + length).replace(/\0$/, '');
}
