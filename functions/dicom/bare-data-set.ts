import { ElementReader, type Encoding, EXPLICIT, EXPLICIT_BIG_ENDIAN, IMPLICIT, UNDEFINED_LENGTH } from './element.ts';
import type { Header } from './header.ts';
import { TAG } from './tags.ts';
import { uidOf } from './text.ts';
import { isValueRepresentation } from './value-representation.ts';

const ENCODINGS = [EXPLICIT, IMPLICIT, EXPLICIT_BIG_ENDIAN];
/** The group that nearly every data set begins with; only directories and commands do not. */
const FIRST_GROUP = 0x0008;
/** Longer than any value of that group that comes first. */
const MAX_FIRST_LENGTH = 64 * 1024;

/** How a data set without preamble and meta information is encoded, if these bytes may be one: judged by its first two elements. */
export function bareEncoding(bytes: Uint8Array): Encoding | undefined {
  return ENCODINGS.find((encoding) => {
    const elements = new ElementReader(bytes, encoding);
    const first = elements.at(0);
    if (!first || first.tag >>> 16 !== FIRST_GROUP || !isSane(first.vr, first.length, encoding)) return false;
    if (first.length === UNDEFINED_LENGTH || first.length > MAX_FIRST_LENGTH) return false;
    const second = elements.at(first.start + first.length);
    return second === undefined || (second.tag > first.tag && isSane(second.vr, second.length, encoding));
  });
}

function isSane(vr: string, length: number, { explicit }: Encoding): boolean {
  return (!explicit || isValueRepresentation(vr)) && (length % 2 === 0 || length === UNDEFINED_LENGTH);
}

/** What was taken for a data set on so little evidence has to show a UID. */
export function hasUid({ values }: Header): boolean {
  return [TAG.sopClass, TAG.sopInstance, TAG.study, TAG.series].some((tag) =>
    /^\d+(\.\d+)+$/.test(uidOf(values.get(tag)) ?? ''),
  );
}
