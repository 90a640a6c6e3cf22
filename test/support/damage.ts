import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The file in a server's storage that holds exactly this DICOM file. */
export async function storedFile(storageDir: string, content: Buffer): Promise<string> {
  for (const entry of await readdir(storageDir, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).equals(content)) return path;
  }
  throw new Error(`no file of ${storageDir} holds this instance`);
}

/** What storage does to files in the course of years. */
export const DAMAGES = {
  emptied: (path: string) => truncate(path, 0),
  truncated: async (path: string) => truncate(path, Math.floor((await readFile(path)).length / 2)),
  flipped: async (path: string) => {
    const bytes = await readFile(path);
    const middle = Math.floor(bytes.length / 2);
    bytes[middle] = (bytes[middle] ?? 0) ^ 1;
    await writeFile(path, bytes);
  },
  deleted: (path: string) => rm(path),
} as const satisfies Record<string, (path: string) => Promise<void>>;
