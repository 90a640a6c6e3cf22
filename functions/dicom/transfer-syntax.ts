import dicomParser from 'dicom-parser';
import { ElementReader, type Encoding, EXPLICIT, EXPLICIT_BIG_ENDIAN, IMPLICIT } from './element.ts';
import { isValueRepresentation, vrAt } from './value-representation.ts';

/** Data sets that are implicitly encoded: the default one, and GE's private one, in which only the pixels are big endian. */
const IMPLICIT_SYNTAXES: ReadonlySet<string> = new Set(['1.2.840.10008.1.2', '1.2.840.113619.5.2']);
const BIG_ENDIAN_SYNTAX = '1.2.840.10008.1.2.2';
/** Data sets that are deflated as a whole (PS3.5, A.5 and the JPIP syntaxes). */
const DEFLATED_SYNTAXES: ReadonlySet<string> = new Set([
  '1.2.840.10008.1.2.1.99',
  '1.2.840.10008.1.2.4.95',
  '1.2.840.10008.1.2.4.205',
]);

/** Longer than the first elements of any data set. */
const MAX_FIRST_LENGTH = 64 * 1024;

export function isDeflated(transferSyntax: string | undefined): boolean {
  return transferSyntax !== undefined && DEFLATED_SYNTAXES.has(transferSyntax);
}

/**
 * How the data set that begins at `at` is encoded. The bytes win where they contradict the transfer syntax: files whose meta
 * information is wrong exist, and it is the target that judges them.
 */
export function encodingOf(transferSyntax: string | undefined, bytes: Uint8Array, at: number): Encoding {
  if (bytes.length < at + 8) return EXPLICIT;
  if (isValueRepresentation(vrAt(bytes, at))) return explicitOf(transferSyntax, bytes, at);
  if (transferSyntax === undefined || IMPLICIT_SYNTAXES.has(transferSyntax)) return IMPLICIT;
  const implicit = new ElementReader(bytes, IMPLICIT).at(at);
  if (implicit && implicit.length <= MAX_FIRST_LENGTH) return IMPLICIT;
  return transferSyntax === BIG_ENDIAN_SYNTAX ? EXPLICIT_BIG_ENDIAN : EXPLICIT;
}

function explicitOf(transferSyntax: string | undefined, bytes: Uint8Array, at: number): Encoding {
  if (transferSyntax === BIG_ENDIAN_SYNTAX) return EXPLICIT_BIG_ENDIAN;
  if (transferSyntax !== undefined && !IMPLICIT_SYNTAXES.has(transferSyntax)) return EXPLICIT;
  // The first group is a small number in the right order of its bytes.
  const { bigEndianByteArrayParser: big, littleEndianByteArrayParser: little } = dicomParser;
  return big.readUint16(bytes, at) < little.readUint16(bytes, at) ? EXPLICIT_BIG_ENDIAN : EXPLICIT;
}
