import type { Content, StorageKeys } from '../core/content.ts';
import { type Dump, DumpError } from '../core/dump.ts';
import type { FileKey } from '../core/ids.ts';
import type { FileEntry } from '../core/plan.ts';
import type { Member } from '../dicom/archive/expand.ts';
import { describe } from '../dicom/describe.ts';
import { expandArchive } from '../dicom/expand-archive.ts';
import { headOfFile } from '../dicom/heads.ts';
import { Backlog } from './backlog.ts';
import { fileSource, memoryFile, type Source, streamSource } from './source.ts';

/** Members up to this size (bytes) are kept in memory while others are read: so several can be on the wire. */
const BUFFERED_BYTES = 8 * 1024 * 1024;
/** Of all members in memory. */
const BACKLOG_BYTES = 64 * 1024 * 1024;

export interface ArchiveFile {
  readonly dump: Dump;
  readonly keys: StorageKeys;
  readonly file: FileKey;
}

/** Reads an archive once from its beginning and hands over the members that are wanted, several at a time where they are small. */
export async function readArchive(
  { dump, keys, file }: ArchiveFile,
  entries: readonly FileEntry[],
  oneByOne: boolean,
  visit: (entry: FileEntry, source: Source) => Promise<void>,
): Promise<void> {
  const archive = await dump.open(file);
  const wanted = new Map(entries.map((entry) => [entry.member?.number, entry]));
  const backlog = new Backlog(BACKLOG_BYTES);
  try {
    for (const { version } of wanted.values())
      if (version !== archive.version) throw new DumpError('FILE_CHANGED', 'an archive changed since it was listed');
    const content: Content = await describe(headOfFile(archive), archive.size, { keys });
    let left = wanted.size;
    for await (const member of expandArchive(archive, content, keys)) {
      const entry = wanted.get(member.index);
      if (!entry) continue;
      left -= 1;
      await take(member, entry);
      if (left === 0) break;
    }
  } finally {
    try {
      await backlog.drained();
    } finally {
      await archive.close();
    }
  }

  async function take(member: Member, entry: FileEntry): Promise<void> {
    const size = member.size ?? 0;
    const plain = entry.content.layers.length === 0;
    if (plain && size > BUFFERED_BYTES)
      return visit(
        entry,
        streamSource(size, () => member.content()),
      );
    // What is wrapped inside an archive has to be at hand as a whole to be unwrapped.
    await backlog.room(size);
    const bytes = await collect(member, entry);
    if (bytes instanceof Error) return visit(entry, brokenSource(bytes));
    const open = async () => memoryFile(bytes, entry.version);
    const visiting = visit(entry, fileSource(entry, open, keys));
    if (oneByOne) await visiting;
    else backlog.add(size, visiting);
  }
}

async function collect(member: Member, { size }: FileEntry): Promise<Buffer | Error> {
  try {
    const parts: Buffer[] = [];
    for await (const piece of member.content()) parts.push(Buffer.from(piece));
    return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  } catch (error) {
    if (error instanceof Error) return error;
    throw new Error(`a member of ${size} bytes cannot be read`, { cause: error });
  }
}

/** What raises the same error whenever it is read. */
function brokenSource(error: Error): Source {
  const fail = () => Promise.reject(error);
  return { size: 0, once: true, body: fail, measure: fail };
}
