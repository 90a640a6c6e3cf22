import { crc32, deflateRawSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

/** What a test wants in a ZIP archive. Whatever it says in `stated` stands in the archive instead of the truth. */
export interface ZipMember {
  readonly name: string | Buffer;
  readonly content: Buffer;
  /** Compression method; 8 (deflate) by default, 0 is stored. With any other the content is put in as it is. */
  readonly method?: number;
  /** General purpose bits that are set besides those that follow from the rest: 1 encrypted, 0x40 strongly encrypted. */
  readonly flags?: number;
  /** Sizes and CRC-32 stand behind the content, and not in the header before it. */
  readonly descriptor?: boolean;
  /** Sizes and offset stand in the ZIP64 extra field. */
  readonly zip64?: boolean;
  /** Unix mode with its type, such as 0o120777 for a symbolic link. */
  readonly mode?: number;
  readonly stated?: {
    readonly size?: number;
    readonly compressedSize?: number;
    readonly crc?: number;
    readonly offset?: number;
  };
  /** Only an entry of the directory is made, which leads to the same bytes as the member before. */
  readonly sameBytes?: boolean;
}

interface Placed {
  readonly member: ZipMember;
  readonly name: Buffer;
  readonly method: number;
  readonly flags: number;
  readonly crc: number;
  readonly size: number;
  readonly compressedSize: number;
  readonly offset: number;
}

const MAX_32 = 0xffffffff;

function numbers(...fields: readonly (readonly [bytes: 2 | 4 | 8, value: number])[]): Buffer {
  return Buffer.concat(
    fields.map(([bytes, value]) => {
      const field = Buffer.alloc(8);
      field.writeBigUInt64LE(BigInt(value));
      return field.subarray(0, bytes);
    }),
  );
}

/** A ZIP archive, by APPNOTE.TXT 6.3.10. `count` is the number of entries that it states. */
export function makeZip(
  members: readonly ZipMember[],
  options: { readonly zip64?: boolean; readonly count?: number; readonly comment?: Buffer } = {},
): Buffer {
  const parts: Buffer[] = [];
  const placed: Placed[] = [];
  let offset = 0;
  for (const member of members) {
    const before = placed.at(-1);
    if (member.sameBytes && before) {
      placed.push({ ...before, member, name: Buffer.from(member.name) });
      continue;
    }
    const [place, bytes] = local(member, offset);
    placed.push(place);
    parts.push(bytes);
    offset += bytes.length;
  }
  const directory = Buffer.concat(placed.map(central));
  return Buffer.concat([...parts, directory, end(placed.length, directory.length, offset, options)]);
}

function local(member: ZipMember, offset: number): [Placed, Buffer] {
  const name = Buffer.from(member.name);
  const method = member.method ?? 8;
  const bytes = method === 8 ? deflateRawSync(member.content) : member.content;
  const crc = crc32(member.content);
  const flags = (member.flags ?? 0) | (member.descriptor ? 8 : 0) | 0x800;
  const sizes = [bytes.length, member.content.length] as const;
  const [crcBefore, ...before] = member.descriptor ? [0, 0, 0] : [crc, ...sizes];
  const extra = member.zip64 ? numbers([2, 1], [2, 16], [8, before[1] ?? 0], [8, before[0] ?? 0]) : Buffer.alloc(0);
  const [compressed, size] = member.zip64 ? [MAX_32, MAX_32] : before;
  const header = Buffer.concat([
    numbers([4, 0x04034b50], [2, member.zip64 ? 45 : 20], [2, flags], [2, method], [4, 0]),
    numbers([4, crcBefore], [4, compressed ?? 0], [4, size ?? 0], [2, name.length], [2, extra.length]),
    name,
    extra,
  ]);
  const width = member.zip64 ? 8 : 4;
  const descriptor = member.descriptor
    ? numbers([4, 0x08074b50], [4, crc], [width, sizes[0]], [width, sizes[1]])
    : Buffer.alloc(0);
  const place = { member, name, method, flags, crc, size: sizes[1], compressedSize: sizes[0], offset };
  return [place, Buffer.concat([header, bytes, descriptor])];
}

function central({ member, name, method, flags, ...facts }: Placed): Buffer {
  const { size, compressedSize, crc, offset } = { ...facts, ...member.stated };
  const extra = member.zip64 ? numbers([2, 1], [2, 24], [8, size], [8, compressedSize], [8, offset]) : Buffer.alloc(0);
  const [size32, compressed32, offset32] = member.zip64 ? [MAX_32, MAX_32, MAX_32] : [size, compressedSize, offset];
  const madeBy = member.mode === undefined ? 20 : (3 << 8) | 20;
  return Buffer.concat([
    numbers([4, 0x02014b50], [2, madeBy], [2, member.zip64 ? 45 : 20], [2, flags], [2, method], [4, 0], [4, crc]),
    numbers([4, compressed32 ?? 0], [4, size32 ?? 0], [2, name.length], [2, extra.length], [2, 0], [2, 0], [2, 0]),
    numbers([4, (member.mode ?? 0) * 2 ** 16], [4, offset32 ?? 0]),
    name,
    extra,
  ]);
}

function end(
  entries: number,
  bytes: number,
  offset: number,
  options: { readonly zip64?: boolean; readonly count?: number; readonly comment?: Buffer },
): Buffer {
  const count = options.count ?? entries;
  const comment = options.comment ?? Buffer.alloc(0);
  const end64 = options.zip64
    ? Buffer.concat([
        numbers(
          [4, 0x06064b50],
          [8, 44],
          [2, 45],
          [2, 45],
          [4, 0],
          [4, 0],
          [8, count],
          [8, count],
          [8, bytes],
          [8, offset],
        ),
        numbers([4, 0x07064b50], [4, 0], [8, offset + bytes], [4, 1]),
      ])
    : Buffer.alloc(0);
  const [count16, bytes32, offset32] = options.zip64 ? [0xffff, MAX_32, MAX_32] : [count, bytes, offset];
  return Buffer.concat([
    end64,
    numbers(
      [4, 0x06054b50],
      [2, 0],
      [2, 0],
      [2, count16 ?? 0],
      [2, count16 ?? 0],
      [4, bytes32 ?? 0],
      [4, offset32 ?? 0],
    ),
    numbers([2, comment.length]),
    comment,
  ]);
}

/** A ZIP archive of zeros, about a thousandth of what comes out of it. */
export function zipBomb(bytes: number): Buffer {
  return makeZip([{ name: 'bomb', content: Buffer.alloc(bytes) }]);
}

/** A ZIP archive whose members are all the same bytes: each harmless, together as large as one likes (Fifield, "A better zip bomb"). */
export function overlappingZip(members: number, content: Buffer): Buffer {
  return makeZip(Array.from({ length: members }, (_, at) => ({ name: `${at}`, content, sameBytes: at > 0 })));
}

export type TarMember = Partial<Header> & Pick<Header, 'name'> & { readonly content?: Buffer };

/** A tar archive as tar-stream writes it; long names and names that are no ASCII as pax headers. */
export async function makeTar(members: readonly TarMember[]): Promise<Buffer> {
  const archive = pack();
  for (const { content, ...header } of members) archive.entry(header, content ?? Buffer.alloc(0));
  archive.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of archive as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** One header block in GNU's form and what follows it, for what tar-stream does not write. Without the end of an archive. */
export function tarBlocks(type: string, name: string | Buffer, content: Buffer, magic = 'ustar  \0'): Buffer {
  const header = Buffer.alloc(512);
  Buffer.from(name).copy(header, 0, 0, 100);
  header.write('0000644\0', 100);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write(type, 156, 'latin1');
  header.write(magic, 257, 'latin1');
  return Buffer.concat([withChecksum(header), content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

/** The same header block with the checksum that it needs. */
export function withChecksum(header: Buffer): Buffer {
  const block = Buffer.from(header);
  block.fill(' ', 148, 156);
  const sum = block.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

/** What ends a tar archive. */
export const TAR_END = Buffer.alloc(1024);

/** One pax record (`LENGTH KEY=VALUE`, where the length counts itself). */
export function paxRecord(key: string, value: string | Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value), Buffer.from('\n')]);
  let length = rest.length;
  while (length !== rest.length + `${length}`.length) length = rest.length + `${length}`.length;
  return Buffer.concat([Buffer.from(`${length}`), rest]);
}
