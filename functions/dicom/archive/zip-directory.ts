import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { damaged } from './archive-error.ts';
import { type RandomAccess, readAt } from './random-access.ts';

const WINDOW_BYTES = 256 * 1024;
const CENTRAL_HEADER = 0x02014b50;
const CENTRAL_HEADER_BYTES = 46;
const FLAGS_OFFSET = 8;
const ENCRYPTED = 0x01;
const STRONGLY_ENCRYPTED = 0x40;

/** The entries of a ZIP archive's central directory, in its order. Raises `ArchiveError`, and what reading the file raises. */
export async function* zipEntries(file: RandomAccess): AsyncGenerator<Entry> {
  const reader = new DirectoryReader(file);
  const zip = await reader.judged(
    // Names and sizes are judged entry by entry: yauzl would give up the whole archive because of one of them.
    fromRandomAccessReaderPromise(reader, file.size, {
      autoClose: false,
      decodeStrings: false,
      validateEntrySizes: false,
    }),
  );
  const entries = zip.eachEntry();
  try {
    for (;;) {
      if (zip.entriesRead === zip.entryCount && (await hasAnother(zip, reader))) zip.entryCount += 1;
      const next = await reader.judged(entries.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    zip.close();
  }
}

/**
 * Whether the directory goes on behind the number of entries that it states: that number has 16 bits, and the Archive Utility of
 * macOS writes archives of more entries without ZIP64 (README of yauzl, "Files corrupted by the Mac Archive Utility").
 */
async function hasAnother(zip: ZipFile, reader: DirectoryReader): Promise<boolean> {
  // @types/yauzl 3.4.0 has this number as a boolean.
  const bytes = await reader.bytes(Number(zip.readEntryCursor), 4);
  return bytes.length === 4 && bytes.readUInt32LE(0) === CENTRAL_HEADER;
}

/** Gives yauzl its bytes. It asks for a few at a time, front to back: each reading of the file serves many entries. */
class DirectoryReader extends RandomAccessReader {
  readonly #file: RandomAccess;
  #window: Buffer = Buffer.alloc(0);
  #start = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(file: RandomAccess) {
    super();
    this.#file = file;
  }

  override read(
    into: Buffer,
    offset: number,
    length: number,
    position: number,
    done: (error: Error | null) => void,
  ): void {
    this.bytes(position, length).then(
      (bytes) => {
        bytes.copy(into, offset);
        if (length === CENTRAL_HEADER_BYTES) weakenEncryption(into, offset);
        done(bytes.length < length ? new Error('the file ends here') : null);
      },
      (error) => {
        this.#failure = { error };
        done(error);
      },
    );
  }

  /** Fewer than asked for where the file ends. */
  async bytes(position: number, length: number): Promise<Buffer> {
    const from = position - this.#start;
    if (from >= 0 && from + length <= this.#window.length) return this.#window.subarray(from, from + length);
    if (position >= this.#file.size) return Buffer.alloc(0);
    this.#window = await readAt(this.#file, position, Math.max(length, WINDOW_BYTES));
    this.#start = position;
    return this.#window.subarray(0, length);
  }

  /** What yauzl makes of the bytes; its errors are damages, those of reading the file stay what they are. */
  async judged<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (this.#failure) throw this.#failure.error;
      throw damaged('the central directory of the ZIP archive is damaged or missing; is the file truncated?', error);
    }
  }
}

/** yauzl gives up the archive at the first strongly encrypted entry; as ordinarily encrypted it is only one that cannot be had. */
function weakenEncryption(header: Buffer, offset: number): void {
  const flags = header[offset + FLAGS_OFFSET] ?? 0;
  if ((flags & STRONGLY_ENCRYPTED) !== 0) header[offset + FLAGS_OFFSET] = (flags & ~STRONGLY_ENCRYPTED) | ENCRYPTED;
}
