import { type Element, type Encoding, EXPLICIT, IMPLICIT } from './element.ts';
import { InflatedHead } from './inflated-head.ts';
import {
  type End,
  FIRST_BYTES,
  type Reading,
  readElements,
  type Source,
  type Value,
  type Wanted,
} from './read-elements.ts';
import { TAG } from './tags.ts';
import { uidOf } from './text.ts';
import { encodingOf, isDeflated } from './transfer-syntax.ts';
import { isValueRepresentation, vrAt } from './value-representation.ts';

/** The elements of a DICOM file that matter, up to its pixels. */
export interface Header {
  readonly values: ReadonlyMap<number, Value>;
  /**
   * `pixel-data`: at (7FE0,0010). `behind`: at an element that comes after where pixel data would be. `end`: at the end of the
   * file. `damaged`: the file is broken or cut. `limit`: too long to be read.
   */
  readonly end: 'pixel-data' | 'behind' | End;
}

const META: Wanted = { values: new Set([TAG.mediaStorageSopClass, TAG.transferSyntax]), presence: new Set() };
const DATA_SET: Wanted = {
  values: new Set([
    TAG.charset,
    TAG.sopClass,
    TAG.sopInstance,
    TAG.studyDate,
    TAG.modality,
    TAG.patientId,
    TAG.study,
    TAG.series,
  ]),
  presence: new Set([
    TAG.directoryRecords,
    TAG.photometricInterpretation,
    TAG.rows,
    TAG.columns,
    TAG.bitsAllocated,
    TAG.pixelDataProviderUrl,
    TAG.dvhSequence,
    TAG.spectroscopyData,
    TAG.floatPixelData,
    TAG.doubleFloatPixelData,
  ]),
};
const META_GROUP = 2;

/** Reads a file whose meta information begins at `start`: behind preamble and magic, or at 0 where those are missing. */
export async function readFileHeader(source: Source, start: number): Promise<Header> {
  const first = await source.head.read(FIRST_BYTES);
  // Meta information is explicit; files exist where it is not.
  const encoding = first.length < start + 8 || isValueRepresentation(vrAt(first, start)) ? EXPLICIT : IMPLICIT;
  const meta = await readElements(source, start, encoding, META, ({ tag }) =>
    tag >>> 16 === META_GROUP ? undefined : 'data-set',
  );
  if (meta.end !== 'data-set') return { values: meta.values, end: meta.end };
  const header = await readBehindMeta(source, meta);
  return { values: new Map([...meta.values, ...header.values]), end: header.end };
}

async function readBehindMeta(source: Source, meta: Reading<'data-set'>): Promise<Header> {
  const transferSyntax = uidOf(meta.values.get(TAG.transferSyntax));
  if (isDeflated(transferSyntax)) {
    return readDataSet({ head: new InflatedHead(source.head, meta.at, 'raw'), size: undefined }, 0, EXPLICIT);
  }
  const bytes = await source.head.read(Math.max(FIRST_BYTES, meta.at + 8));
  return readDataSet(source, meta.at, encodingOf(transferSyntax, bytes, meta.at));
}

export function readDataSet(source: Source, start: number, encoding: Encoding): Promise<Header> {
  return readElements(source, start, encoding, DATA_SET, (element, size) => {
    if (element.tag < TAG.pixelData) return undefined;
    if (element.tag === TAG.pixelData) return 'pixel-data';
    return isPlausible(element, encoding, size) ? 'behind' : 'damaged';
  });
}

/** Garbage must not pass for an element behind the pixels: that one proves that nothing was cut off. */
function isPlausible({ vr, start, length }: Element, encoding: Encoding, size: number | undefined): boolean {
  if (encoding.explicit && !isValueRepresentation(vr)) return false;
  return size === undefined || start + length <= size;
}
