/** How far an archive may expand. */
export interface ArchiveLimits {
  /** Members, directories and links not counted. */
  readonly members: number;
  /** Bytes of one member, uncompressed. */
  readonly memberBytes: number;
  /** Bytes of all members that can be had (ZIP), or of everything in the archive (tar), uncompressed. */
  readonly totalBytes: number;
  /** Uncompressed bytes for each compressed one, for a member and for the archive as a whole. Deflate itself ends at 1032. */
  readonly ratio: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  members: 200_000,
  memberBytes: 16 * 2 ** 30,
  totalBytes: 4 * 2 ** 40,
  ratio: 1000,
};

/** Up to here no expansion harms, and a small blank image may well shrink to nothing. */
const HARMLESS_BYTES = 16 * 2 ** 20;

/** Whether so many bytes are too many to have come out of so few. */
export function expandsTooFar(uncompressed: number, compressed: number, limits: ArchiveLimits): boolean {
  return uncompressed > HARMLESS_BYTES && uncompressed > compressed * limits.ratio;
}
