import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compressedAttachment } from '../test/support/compressed.ts';

/** Pixels begin somewhere behind this; the header stays as it is. */
const HEADER_BYTES = 2048;

/** Images that compress to about two thirds, as real ones do; random bytes would not compress at all. */
export function compressible(files: readonly Buffer[]): Buffer[] {
  return files.map((file) => {
    const copy = Buffer.from(file);
    for (let at = HEADER_BYTES; at < copy.length; at += 1) copy[at] = (copy[at] ?? 0) & 0x1f;
    return copy;
  });
}

/** Writes files as an Orthanc server lays them out, `ab/cd/abcdef…`; returns the folder and the paths. */
export async function storageFolder(
  files: readonly Buffer[],
  how: 'plain' | 'compressed',
): Promise<{ readonly folder: string; readonly paths: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), `om-bench-${how}-`));
  const paths: string[] = [];
  for (const [index, file] of files.entries()) {
    const hex = createHash('md5').update(String(index)).digest('hex');
    const uuid = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
    const path = join(folder, uuid.slice(0, 2), uuid.slice(2, 4), uuid);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, how === 'plain' ? file : compressedAttachment(file));
    paths.push(path);
  }
  return { folder, paths };
}
