import { hash } from 'node:crypto';
import type { StorageKeys } from '../core/content.ts';
import { DumpError, type DumpFile } from '../core/dump.ts';
import type { Md5 } from '../core/ids.ts';
import { SLOT_BYTES, takeSlot } from '../core/md5/slots.ts';
import type { FileEntry } from '../core/plan.ts';
import { ContentError } from '../dicom/content-error.ts';
import { openContent } from '../dicom/open-content.ts';
import type { Body } from '../orthanc/relay/body.ts';
import { type Measured, measured, StreamedBody } from './streamed-body.ts';

/** Opens what an entry stands for: a file of the dump, or a member of an archive that is in memory. */
export type Opener = () => Promise<DumpFile>;

/**
 * The content of one file as the body of a POST. The last piece is given out only once all that is known of the file agrees with what
 * was read: its size, its MD5 in an index, the sums of its compression and encryption, and that it did not change meanwhile.
 */
export async function openBody(entry: FileEntry, open: Opener, keys: StorageKeys): Promise<Body> {
  const file = await open();
  try {
    requireSame(entry, file.version);
    const plain = entry.content.layers.length === 0;
    if (plain && file.size <= SLOT_BYTES) return await wholeBody(entry, file);
    const pieces = openContent(file, entry.content.layers, keys);
    return new StreamedBody(
      pieces,
      (md5) => verify(entry, file, md5),
      () => file.close(),
    );
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** The MD5 is made together with those of other files that are read at the same time. */
async function wholeBody(entry: FileEntry, file: DumpFile): Promise<Body> {
  const slot = takeSlot(file.size);
  try {
    const bytes = slot ? slot.bytes.subarray(0, file.size) : Buffer.allocUnsafe(file.size);
    const filled = await file.read(bytes, 0);
    if (filled < bytes.length) throw changed();
    const md5 = slot ? await slot.md5(bytes.length) : (hash('md5', bytes) as Md5);
    await verify(entry, file, md5);
    await file.close();
    return { next: async () => bytes, last: true, md5, close: async () => slot?.release() };
  } catch (error) {
    slot?.release();
    throw error;
  }
}

/** Reads a file to its end, with all checks. */
export async function measure(entry: FileEntry, open: Opener, keys: StorageKeys): Promise<Measured> {
  const file = await open();
  try {
    requireSame(entry, file.version);
    const read = await measured(openContent(file, entry.content.layers, keys));
    await verify(entry, file, read.md5);
    return read;
  } finally {
    await file.close();
  }
}

/** Whether there still is the version that was looked at. Raises what opening raises. */
export async function isSame(entry: FileEntry, open: Opener): Promise<boolean> {
  const file = await open();
  await file.close();
  return file.version === entry.version;
}

/** What is to be seen of a file when all of it was read. */
async function verify(entry: FileEntry, file: DumpFile, md5: Md5): Promise<void> {
  requireSame(entry, await file.versionNow());
  requireIndexed(entry, md5);
}

function requireSame(entry: FileEntry, version: string): void {
  if (version !== entry.version) throw changed();
}

function requireIndexed({ index }: FileEntry, md5: Md5): void {
  if (!index?.known || index.md5 === undefined || index.md5 === md5) return;
  throw new ContentError('FILE_DAMAGED', 'the content has another MD5 than the index beside it says');
}

function changed(): DumpError {
  return new DumpError('FILE_CHANGED', 'a file changed while it was read');
}
