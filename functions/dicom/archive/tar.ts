import { ArchiveError, type ArchiveProblem, damaged } from './archive-error.ts';
import { ByteReader } from './byte-reader.ts';
import { ARCHIVE_LIMITS, type ArchiveLimits, expandsTooFar } from './limits.ts';
import { type Member, refused, Turn } from './member.ts';
import { isUnsafe, nameText } from './member-name.ts';
import { padding, TarEntries, type TarEntry } from './tar-entries.ts';

/**
 * The members of a tar archive, in its order. `compressedBytes` is the size of the file when the bytes come out of gzip: too much out
 * of too little is refused then. Raises `ArchiveError` when everything before the damage was given out, and what reading the
 * bytes raises. The bytes are closed with it.
 */
export async function* expandTar(
  bytes: AsyncIterable<Uint8Array>,
  limits: ArchiveLimits = ARCHIVE_LIMITS,
  compressedBytes?: number,
): AsyncGenerator<Member, void, undefined> {
  const reader = new ByteReader(withinLimits(bytes, limits, compressedBytes));
  const entries = new TarEntries(reader);
  try {
    for (let index = 0; ; index += 1) {
      const entry = await entries.next();
      if (!entry) return;
      if (index === limits.members) throw new ArchiveError('ARCHIVE_LIMIT', 'too many members in the archive');
      const body = new TarBody(reader, entry.size);
      const turn = new Turn();
      try {
        yield memberOf(entry, index, problemOf(entry, limits), body, turn);
      } finally {
        await turn.end();
      }
      await body.skip();
    }
  } finally {
    await reader.close();
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

function problemOf(entry: TarEntry, limits: ArchiveLimits): ArchiveProblem | undefined {
  if (isUnsafe(entry.name)) return 'ARCHIVE_UNSAFE_PATH';
  if (!entry.whole) return 'ARCHIVE_DAMAGED';
  return entry.size > limits.memberBytes ? 'ARCHIVE_LIMIT' : undefined;
}

function memberOf(
  entry: TarEntry,
  index: number,
  problem: ArchiveProblem | undefined,
  body: TarBody,
  turn: Turn,
): Member {
  return {
    index,
    name: nameText(entry.name),
    size: entry.size,
    ...(problem === undefined ? {} : { problem }),
    content: () => turn.open(() => (problem === undefined ? body.content() : refused(problem))),
  };
}

/** What lies between a member's header and the next one. */
class TarBody {
  readonly #reader: ByteReader;
  readonly #padding: number;
  #left: number;

  constructor(reader: ByteReader, size: number) {
    this.#reader = reader;
    this.#left = size;
    this.#padding = padding(size);
  }

  async *content(): AsyncGenerator<Buffer> {
    while (this.#left > 0) {
      const piece = await this.#reader.some(this.#left);
      if (!piece) throw damaged('the archive ends within a member');
      this.#left -= piece.length;
      yield piece;
    }
  }

  async skip(): Promise<void> {
    await this.#reader.skip(this.#left + this.#padding);
  }
}
