import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes a directory with its parents, private to the user, so that they survive a power failure. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return;
  const top = dirname(first);
  for (let made = path; made !== top && made !== dirname(made); made = dirname(made))
    await syncDirectory(dirname(made));
}

/** Puts a directory's entries on disk: without it, a renamed file may be gone after a power failure. */
export async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open a directory, and NTFS journals its entries anyway.
  if (process.platform === 'win32') return;
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
