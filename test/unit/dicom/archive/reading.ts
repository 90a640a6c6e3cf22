import { hash } from 'node:crypto';
import type { DumpFile } from '../../../../functions/core/dump.ts';
import { ArchiveError, type Member } from '../../../../functions/dicom/archive/expand.ts';

type Read = Pick<DumpFile, 'size' | 'read'>;

/** An open file of these bytes. */
export function fileOf(bytes: Buffer): Read {
  return {
    size: bytes.length,
    read: async (into, position) => bytes.copy(into, 0, position, position + into.length),
  };
}

/** The bytes as a stream of pieces of this size, all of them in the same buffer: as one that is reused for each reading. */
export async function* piecesOf(bytes: Buffer, size = 1000): AsyncGenerator<Uint8Array> {
  const buffer = Buffer.alloc(size);
  for (let at = 0; at < bytes.length; at += size) {
    const length = bytes.copy(buffer, 0, at, at + size);
    yield buffer.subarray(0, length);
    buffer.fill(0xee);
  }
}

export async function wholeOf(content: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

/** A content as short text that differs when the contents do. */
export function shown(content: Buffer): string {
  return content.length < 100 ? content.toString('latin1') : `${content.length} bytes, ${hash('md5', content)}`;
}

export interface Seen {
  readonly name: string;
  readonly problem?: string;
  /** As `shown`. */
  readonly content?: string;
  /** The outcome that its content raised. */
  readonly raised?: string;
}

/** Reads everything. `end` is the outcome of the archive as a whole, where it raised one. Any other error passes. */
export async function readAll(
  members: AsyncIterable<Member>,
): Promise<{ readonly seen: Seen[]; readonly end?: string }> {
  const seen: Seen[] = [];
  try {
    for await (const member of members) {
      const { name, problem, index } = member;
      if (index !== seen.length) throw new Error(`member ${index} comes as number ${seen.length}`);
      seen.push({ name, ...(problem === undefined ? {} : { problem }), ...(await contentOf(member)) });
    }
    return { seen };
  } catch (error) {
    if (error instanceof ArchiveError) return { seen, end: error.outcome };
    throw error;
  }
}

async function contentOf(member: Member): Promise<Pick<Seen, 'content' | 'raised'>> {
  try {
    return { content: shown(await wholeOf(member.content())) };
  } catch (error) {
    if (error instanceof ArchiveError) return { raised: error.outcome };
    throw error;
  }
}
