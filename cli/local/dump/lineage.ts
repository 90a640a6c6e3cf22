import { realpath, stat } from 'node:fs/promises';
import { type BytePath, bytePath, foldersOf, systemPath } from './byte-path.ts';
import { folderId } from './look.ts';

/** A folder and all that it lies in, by links or in truth. A link back to one of them would be walked for ever. */
export interface Lineage {
  readonly id: string;
  readonly parent: Lineage | undefined;
}

export function descendsFrom(lineage: Lineage | undefined, id: string): boolean {
  for (let folder = lineage; folder; folder = folder.parent) if (folder.id === id) return true;
  return false;
}

/** The lineage of a folder that a link, or the user, leads to: on top of that of the link comes where the folder really lies. */
export async function realLineage(folder: BytePath, id: string, parent: Lineage | undefined): Promise<Lineage> {
  let lineage = parent;
  for (const outer of ['/' as BytePath, ...foldersOf(await realPath(folder))]) {
    const outerId = await idOf(outer);
    if (outerId !== undefined) lineage = { id: outerId, parent: lineage };
  }
  return { id, parent: lineage };
}

async function realPath(folder: BytePath): Promise<BytePath> {
  return realpath(systemPath(folder), { encoding: 'buffer' }).then(bytePath, () => folder);
}

// What cannot be looked at is left out: at worst such a loop is walked until paths get too long.
async function idOf(folder: BytePath): Promise<string | undefined> {
  return stat(systemPath(folder), { bigint: true }).then(folderId, () => undefined);
}
