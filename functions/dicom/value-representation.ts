/** VRs whose length has two bytes (PS3.5, table 7.1-2). */
const SHORT: ReadonlySet<string> = new Set('AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US'.split(' '));
/** VRs whose length has four bytes, after two that are reserved (PS3.5, table 7.1-1). */
const LONG: ReadonlySet<string> = new Set('OB OD OF OL OW SQ UC UN UR UT'.split(' '));
/** The same, but newer than dicom-parser 1.8.21, which takes them for short ones (github.com/cornerstonejs/dicomParser/issues/284). */
const LATER: ReadonlySet<string> = new Set(['OV', 'SV', 'UV']);

export function isShort(vr: string): boolean {
  return SHORT.has(vr);
}

export function isValueRepresentation(vr: string): boolean {
  return SHORT.has(vr) || LONG.has(vr) || LATER.has(vr);
}

/**
 * Whether dicom-parser has to be told that the length has four bytes. DCMTK, which reads for Orthanc, takes an unknown VR of two
 * capitals for a future one, and all future ones have long lengths; anything else is taken for a short one (dcmdata, DcmVR::setVR).
 */
export function isLaterLong(vr: string): boolean {
  return !SHORT.has(vr) && !LONG.has(vr) && /^[A-Z]{2}$/.test(vr);
}

/** The two characters where an explicit element that begins at `at` names its VR. */
export function vrAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(bytes[at + 4] ?? 0, bytes[at + 5] ?? 0);
}
