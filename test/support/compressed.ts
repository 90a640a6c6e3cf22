import { deflateSync } from 'node:zlib';

/** An attachment as Orthanc stores it with StorageCompression: its size, 8 bytes little endian, then a zlib stream (ZlibCompressor.cpp). */
export function compressedAttachment(content: Uint8Array): Buffer {
  // Orthanc stores an empty content as an empty file.
  if (content.length === 0) return Buffer.alloc(0);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(content.length));
  return Buffer.concat([size, deflateSync(content)]);
}
