import { open } from 'node:fs/promises';
import { type InstanceSpec, instanceHead } from './dicom.ts';
import { fillNoise } from './noise.ts';

const STEP = 64 * 1024 * 1024;

/**
 * Writes a DICOM file of any size below 4 GiB as a sparse file: a little noise every 64 MiB, so that a shifted or missing part
 * changes the hash, and holes in between. Returns the size.
 */
export async function writeLargeInstance(
  path: string,
  spec: InstanceSpec & { readonly bytes: number },
): Promise<number> {
  const { head, pixelBytes } = instanceHead(spec);
  const size = head.length + pixelBytes;
  const file = await open(path, 'w');
  try {
    await file.write(head, 0, head.length, 0);
    const block = Buffer.alloc(4096);
    for (let at = head.length; at + block.length < size; at += STEP) {
      fillNoise(block, (spec.seed ?? 1) * 1000 + Math.floor(at / STEP));
      await file.write(block, 0, block.length, at);
    }
    await file.truncate(size);
  } finally {
    await file.close();
  }
  return size;
}
