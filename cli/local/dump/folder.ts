import type { Dir } from 'node:fs';
import { opendir, readdir } from 'node:fs/promises';
import { type BytePath, systemPath } from './byte-path.ts';
import { SortedNames } from './sorted-names.ts';

/** The name that Orthanc gives to its SQLite index. */
export const INDEX_NAME = 'index';

/** Names per call of the system; the event loop rests in between. */
const BATCH = 1024;

export interface Folder {
  readonly names: SortedNames;
  /** Whether something in it is named `index`. */
  readonly hasIndex: boolean;
}

/** Reads the names in a folder, of those before `from` only the one of an index. Raises errors of the system. */
export async function readFolder(path: BytePath, from?: string): Promise<Folder> {
  const names = new SortedNames();
  let hasIndex = false;
  const add = (batch: readonly string[]): void => {
    hasIndex ||= batch.includes(INDEX_NAME);
    names.add(batch.filter((name) => from === undefined || name >= from));
  };
  const directory = await opendir(systemPath(path), { encoding: LATIN1, bufferSize: BATCH });
  const whole = await eachBatch(directory, add).then(
    () => true,
    () => false,
  );
  directory.closeSync();
  if (whole) return { names, hasIndex };
  // Where a file system does not tell types, Node.js looks for them itself, and fails for names that it cannot make a path of
  // and for files that vanish meanwhile. This way it does not ask for types, but reads all names at once.
  return readAtOnce(path, from);
}

/** Each batch is read by the thread pool; the rest of it then lies in memory, where the synchronous call is the cheaper one. */
async function eachBatch(directory: Dir, add: (names: readonly string[]) => void): Promise<void> {
  for (let first = await directory.read(); first; first = await directory.read()) {
    const batch = [first.name];
    while (batch.length < BATCH) {
      const entry = directory.readSync();
      if (!entry) break;
      batch.push(entry.name);
    }
    add(batch);
    if (batch.length < BATCH) return;
  }
}

async function readAtOnce(path: BytePath, from: string | undefined): Promise<Folder> {
  const all = await readdir(systemPath(path), { encoding: LATIN1 });
  const names = new SortedNames();
  names.add(all.filter((name) => from === undefined || name >= from));
  return { names, hasIndex: all.includes(INDEX_NAME) };
}

/** One character for each byte. */
const LATIN1 = 'latin1';
