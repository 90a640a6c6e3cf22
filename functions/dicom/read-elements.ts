import type { Head } from '../core/content.ts';
import { type Element, ElementReader, type Encoding, MAX_ELEMENT_HEADER, UNDEFINED_LENGTH } from './element.ts';
import { type Cut, endOfSequence } from './sequence.ts';

/** What a file's beginning is asked for first: most headers are shorter, and a second request costs more than some bytes. */
export const FIRST_BYTES = 16 * 1024;
/** Nobody's header is longer; beyond that it is given up. */
const MAX_HEADER_BYTES = 16 * 1024 * 1024;

/** The value of one element that matters. */
export interface Value {
  /** Empty where it is not encoded. */
  readonly vr: string;
  readonly bytes: Uint8Array;
}

export interface Source {
  readonly head: Head & {
    /** Something inside could not be decoded: what was read is not all. */
    readonly broken?: boolean;
  };
  /** Bytes of the whole, where known. */
  readonly size: number | undefined;
}

export interface Wanted {
  readonly values: ReadonlySet<number>;
  /** Elements of which only the presence matters: they are noted with an empty value. */
  readonly presence: ReadonlySet<number>;
}

/** Where reading ended, besides a reason of the caller's. */
export type End = 'end' | 'damaged' | 'limit';

export interface Reading<S extends string> {
  readonly end: S | End;
  /** Where the element begins at which reading ended. */
  readonly at: number;
  readonly values: ReadonlyMap<number, Value>;
}

/** Decides at each element whether to end there. */
export type StopAt<S extends string> = (element: Element, size: number | undefined) => S | undefined;

interface State<S extends string> {
  readonly encoding: Encoding;
  readonly wanted: Wanted;
  readonly stopAt: StopAt<S>;
  readonly values: Map<number, Value>;
  at: number;
}

const NOTHING = new Uint8Array(0);

/**
 * Reads the top level of a data set, and only as far as needed. Of an element that comes twice the first counts, as in DCMTK.
 *
 * It goes from element to element itself: dicom-parser's own loop takes all bytes for all of the file, reads what is in each sequence,
 * and lets the last of two elements count.
 */
export async function readElements<S extends string>(
  source: Source,
  start: number,
  encoding: Encoding,
  wanted: Wanted,
  stopAt: StopAt<S>,
): Promise<Reading<S>> {
  const state: State<S> = { encoding, wanted, stopAt, values: new Map(), at: start };
  let asked = FIRST_BYTES;
  for (;;) {
    const bytes = await source.head.read(asked);
    const whole = bytes.length < asked;
    const size = source.size ?? (whole ? bytes.length : undefined);
    const step = walk(state, bytes, size);
    const done = (end: S | End): Reading<S> => ({ end, at: state.at, values: state.values });
    if (typeof step === 'string') return done(step === 'end' && source.head.broken ? 'damaged' : step);
    if (whole || (size !== undefined && step.needed > size)) return done('damaged');
    if (step.needed > MAX_HEADER_BYTES) return done('limit');
    const next = Math.max(step.needed + FIRST_BYTES, 2 * asked);
    asked = Math.min(next, size ?? MAX_HEADER_BYTES, MAX_HEADER_BYTES);
  }
}

function walk<S extends string>(state: State<S>, bytes: Uint8Array, size: number | undefined): S | End | Cut {
  const elements = new ElementReader(bytes, state.encoding);
  for (;;) {
    const { at } = state;
    if (at === size) return 'end';
    const element = elements.at(at);
    if (!element) return size === undefined ? { needed: at + MAX_ELEMENT_HEADER } : atTheEnd(bytes, at, size);
    if (element.tag >>> 16 === 0xfffe) {
      // A delimiter too many, left over from a broken sequence.
      state.at = at + 8;
      continue;
    }
    const stop = state.stopAt(element, size);
    if (stop !== undefined) return stop;
    const next = take(state, element, bytes, size);
    if (typeof next !== 'number') return next;
    state.at = next;
  }
}

/** Fewer bytes than the header of an element has: padding, or a cut, unless there is more of the file. */
function atTheEnd(bytes: Uint8Array, at: number, size: number): 'end' | 'damaged' | Cut {
  if (bytes.length < size) return { needed: Math.min(at + MAX_ELEMENT_HEADER, size) };
  return bytes.subarray(at).every((byte) => byte === 0) ? 'end' : 'damaged';
}

/** Notes an element if it is wanted; where the next one begins. */
function take<S extends string>(
  { values, wanted, encoding }: State<S>,
  { tag, vr, start, length }: Element,
  bytes: Uint8Array,
  size: number | undefined,
): number | Cut | 'damaged' {
  if (wanted.presence.has(tag)) values.set(tag, { vr, bytes: NOTHING });
  if (length === UNDEFINED_LENGTH) return endOfSequence(bytes, start, vr, encoding);
  const end = start + length;
  if (end === size && !wanted.values.has(tag)) return end;
  if (end > bytes.length) return { needed: end };
  if (wanted.values.has(tag) && !values.has(tag)) values.set(tag, { vr, bytes: bytes.subarray(start, end) });
  return end;
}
