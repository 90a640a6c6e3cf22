import { ArchiveError, type ArchiveProblem } from './archive-error.ts';
import { ARCHIVE_LIMITS, type ArchiveLimits, expandsTooFar } from './limits.ts';
import { type Member, refused, Turn } from './member.ts';
import { isUnsafe, nameText } from './member-name.ts';
import { type TarEntry, tarEntries } from './tar-entries.ts';
import { kindOf, nameOf } from './tar-header.ts';

/**
 * The members of a tar archive, in its order. `compressedBytes` is the size of the file when the bytes come out of gzip: too much out
 * of too little is refused then. Raises `ArchiveError` when everything before the damage was given out, and what reading the
 * bytes raises. The bytes are read to their end, and closed with it.
 */
export async function* expandTar(
  bytes: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
  compressedBytes?: number,
): AsyncGenerator<Member, void, undefined> {
  let index = 0;
  for await (const entry of tarEntries(withinLimits(bytes, limits, compressedBytes))) {
    if (kindOf(entry.header) === 'none') continue;
    if (index === limits.members) throw new ArchiveError('ARCHIVE_LIMIT', 'too many members in the archive');
    const turn = new Turn();
    try {
      yield memberOf(entry, index, limits, turn);
    } finally {
      await turn.end();
    }
    index += 1;
  }
}

/** Counts everything, also what is skipped: it has to be read all the same. */
async function* withinLimits(
  bytes: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits,
  compressedBytes: number | undefined,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const piece of bytes) {
    total += piece.length;
    const tooFar = compressedBytes !== undefined && expandsTooFar(total, compressedBytes, limits);
    if (tooFar || total > limits.totalBytes) {
      throw new ArchiveError('ARCHIVE_LIMIT', 'the archive expands too far');
    }
    yield piece;
  }
}

function memberOf(entry: TarEntry, index: number, limits: ArchiveLimits, turn: Turn): Member {
  const name = nameOf(entry.header);
  const problem = problemOf(entry, name, limits);
  return {
    index,
    name: nameText(name),
    size: entry.length,
    ...(problem === undefined ? {} : { problem }),
    content: () => turn.open(() => (problem === undefined ? entry.content() : refused(problem))),
  };
}

function problemOf({ header, length }: TarEntry, name: Buffer, limits: ArchiveLimits): ArchiveProblem | undefined {
  if (isUnsafe(name)) return 'ARCHIVE_UNSAFE_PATH';
  if (kindOf(header) === 'unsupported') return 'ARCHIVE_UNSUPPORTED';
  return length > limits.memberBytes ? 'ARCHIVE_LIMIT' : undefined;
}
