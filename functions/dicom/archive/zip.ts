import type { Entry } from 'yauzl';
import { ArchiveError, type ArchiveProblem } from './archive-error.ts';
import { ARCHIVE_LIMITS, type ArchiveLimits, expandsTooFar } from './limits.ts';
import { type Member, refused, Turn } from './member.ts';
import { isUnsafe, nameText } from './member-name.ts';
import type { RandomAccess } from './random-access.ts';
import { DEFLATED, STORED, zipContent } from './zip-content.ts';
import { zipEntries } from './zip-directory.ts';

/** Systems whose file modes stand in the upper half of the external attributes: Unix and macOS (APPNOTE.TXT 6.3.10, 4.4.2). */
const WITH_MODES: ReadonlySet<number> = new Set([3, 19]);
const FILE_TYPE = 0o170000;
const REGULAR = 0o100000;
const SYMBOLIC_LINK = 0o120000;
const SLASHES: ReadonlySet<number | undefined> = new Set(['/', '\\'].map((slash) => slash.charCodeAt(0)));

/**
 * The members of a ZIP archive, in the order of its central directory. What shows there is judged before anything is read, so that a
 * member's fate never depends on which others were read. One that is damaged says so in its `content()`, and the others can still be
 * had. Raises `ArchiveError` for the archive as a whole, and what reading the file raises; the file is left open.
 */
export async function* expandZip(
  file: RandomAccess,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
): AsyncGenerator<Member, void, undefined> {
  let index = 0;
  let total = 0;
  for await (const entry of zipEntries(file)) {
    if (!isFile(entry)) continue;
    if (index === limits.members) throw new ArchiveError('ARCHIVE_LIMIT', 'too many members in the archive');
    const problem = problemOf(entry, limits);
    if (problem === undefined) total += entry.uncompressedSize;
    // What cannot grow so far member by member grows by members that share their bytes (Fifield, "A better zip bomb", 2019).
    if (total > limits.totalBytes || expandsTooFar(total, file.size, limits)) {
      throw new ArchiveError('ARCHIVE_LIMIT', 'the members of the archive are too large together');
    }
    const turn = new Turn();
    try {
      yield memberOf(file, entry, index, problem, turn);
    } finally {
      await turn.end();
    }
    index += 1;
  }
}

function memberOf(
  file: RandomAccess,
  entry: Entry,
  index: number,
  problem: ArchiveProblem | undefined,
  turn: Turn,
): Member {
  return {
    index,
    name: nameText(entry.fileNameRaw),
    size: entry.uncompressedSize,
    ...(problem === undefined ? {} : { problem }),
    content: () => turn.open(() => (problem === undefined ? zipContent(file, entry) : refused(problem))),
  };
}

function problemOf(entry: Entry, limits: ArchiveLimits): ArchiveProblem | undefined {
  const { uncompressedSize: size, compressedSize, compressionMethod } = entry;
  if (isUnsafe(entry.fileNameRaw)) return 'ARCHIVE_UNSAFE_PATH';
  if (entry.isEncrypted()) return 'ARCHIVE_ENCRYPTED';
  if (compressionMethod !== STORED && compressionMethod !== DEFLATED) return 'ARCHIVE_UNSUPPORTED';
  if (compressionMethod === STORED && size !== compressedSize) return 'ARCHIVE_DAMAGED';
  if (size > limits.memberBytes || expandsTooFar(size, compressedSize, limits)) return 'ARCHIVE_LIMIT';
  return undefined;
}

/** Neither a directory nor, where that shows, a symbolic link or something special. */
function isFile(entry: Entry): boolean {
  const type = WITH_MODES.has(entry.versionMadeBy >>> 8) ? (entry.externalFileAttributes >>> 16) & FILE_TYPE : 0;
  if (type === SYMBOLIC_LINK) return false;
  // With a content it is a file, whatever it was before: what Info-ZIP packs from its standard input it calls a pipe.
  if (entry.uncompressedSize > 0) return true;
  return !SLASHES.has(entry.fileNameRaw.at(-1)) && (type === 0 || type === REGULAR);
}
