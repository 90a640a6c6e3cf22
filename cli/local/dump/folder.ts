import { type Dir, readdirSync } from 'node:fs';
import { opendir, readdir } from 'node:fs/promises';
import { type BytePath, systemPath } from './byte-path.ts';
import { pace } from './pace.ts';
import { SortedNames } from './sorted-names.ts';

/** The name that Orthanc gives to its SQLite index. */
export const INDEX_NAME = 'index';

/**
 * Bytes that a folder itself has at most to be read in one call, which costs a third for small ones. What the size means depends
 * on the file system; so much is of a few thousand names.
 */
const SMALL = 64 * 1024;
/** Names per call of the system in larger ones; the event loop rests in between. */
const BATCH = 1024;
/** One character for each byte. */
const LATIN1 = 'latin1';

export interface Folder {
  readonly names: SortedNames;
  /** Whether something in it is named `index`. */
  readonly hasIndex: boolean;
}

/**
 * Reads the names in a folder, those before `from` left out.
 *
 * @param size of the folder itself, bytes.
 * @throws errors of the system.
 */
export async function readFolder(path: BytePath, size: number, from?: string): Promise<Folder> {
  if (size > SMALL) {
    const read = new NamesFrom(from);
    if (await eachBatch(path, read)) return read;
    // Where a file system does not tell types, Node.js looks for them itself, and fails for names that it cannot make a path of
    // and for files that vanish meanwhile. Without types it has to read all names at once.
  }
  const read = new NamesFrom(from);
  const name = systemPath(path);
  const options = { encoding: LATIN1 } as const;
  const waits = pace.quick && size <= SMALL;
  read.add(waits ? pace.wait(() => readdirSync(name, options)) : await readdir(name, options));
  return read;
}

class NamesFrom implements Folder {
  readonly names = new SortedNames();
  hasIndex = false;
  readonly #from: string | undefined;

  constructor(from: string | undefined) {
    this.#from = from;
  }

  add(names: string[]): void {
    const from = this.#from;
    this.hasIndex ||= names.includes(INDEX_NAME);
    this.names.add(from === undefined ? names : names.filter((name) => name >= from));
  }
}

/** Whether all could be read. */
async function eachBatch(path: BytePath, read: NamesFrom): Promise<boolean> {
  const directory = await opendir(systemPath(path), { encoding: LATIN1, bufferSize: BATCH });
  try {
    for (let names = await nextBatch(directory); names.length > 0; names = await nextBatch(directory)) read.add(names);
    return true;
  } catch {
    return false;
  } finally {
    directory.closeSync();
  }
}

/** A batch is read by the thread pool; the rest of it then lies in memory, where the synchronous call is the cheaper one. */
async function nextBatch(directory: Dir): Promise<string[]> {
  const names: string[] = [];
  let entry = await directory.read();
  while (entry) {
    names.push(entry.name);
    if (names.length === BATCH) break;
    entry = directory.readSync();
  }
  return names;
}
