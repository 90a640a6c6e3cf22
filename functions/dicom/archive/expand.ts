/** The members of archives, as streams: nothing is unpacked to disk, and no member is ever in memory as a whole. */
export { ArchiveError, type ArchiveProblem } from './archive-error.ts';
export { ARCHIVE_LIMITS, type ArchiveLimits } from './limits.ts';
export type { Member } from './member.ts';
export type { RandomAccess } from './random-access.ts';
export { expandTar } from './tar.ts';
export { expandZip } from './zip.ts';
