import { Postponed } from '../../../functions/core/errors.ts';
import type { OutcomeCode } from '../../../functions/core/outcome.ts';
import { type BytePath, isBelow, nextName, within } from './byte-path.ts';
import { dumpErrorOf, isGone } from './file-errors.ts';
import { type Folder, readFolder } from './folder.ts';
import type { IndexChain } from './index-chain.ts';
import { descendsFrom, type Lineage, realLineage } from './lineage.ts';
import { look, type Seen } from './look.ts';
import type { StartsLeft } from './starts.ts';

/** Entries that are looked at together. */
const WINDOW = 64;

export interface Entry {
  readonly path: BytePath;
  readonly seen: Seen;
  /** Of the folder that it was found in; absent for what the user named. */
  readonly lineage: Lineage | undefined;
  readonly indexes: IndexChain | undefined;
  /** Begun ahead of need. */
  opening?: Promise<Opened> | undefined;
}

/** What an entry that is a folder turns out to be when it is read. */
export type Opened = Level | { readonly code: OutcomeCode } | undefined;

/** A folder, or the list of names, in the middle of being walked. */
export interface Level {
  window: readonly Entry[];
  at: number;
  /** Looks at the next entries; none at the end. */
  refill(): Promise<readonly Entry[]>;
}

/** What the user named. What is not there is an entry, too. */
export function bottomLevel(entered: readonly BytePath[], left: StartsLeft): Level {
  let first = entered;
  return {
    window: [],
    at: 0,
    refill: async () => {
      const paths = first.length > 0 ? first : left.take(WINDOW);
      first = [];
      const entries = paths.map(async (path): Promise<Entry> => {
        const seen = (await look(path)) ?? ({ kind: 'problem', code: 'FILE_VANISHED' } as const);
        return { path, seen, lineage: undefined, indexes: undefined };
      });
      return Promise.all(entries);
    },
  };
}

/**
 * Reads a folder and looks at its first entries; those before `after` are left out. `undefined` when it has vanished. Raises
 * `Postponed`.
 */
export async function openFolder(entry: Entry, after: BytePath | undefined): Promise<Opened> {
  const { path, seen } = entry;
  if (seen.kind !== 'folder') return undefined;
  const { id, linked, size } = seen;
  if (linked && descendsFrom(entry.lineage, id)) return { code: 'LINK_LOOP' };
  try {
    const direct = entry.lineage && !linked;
    const lineage = direct ? { id, parent: entry.lineage } : await realLineage(path, id, entry.lineage);
    const from = after !== undefined && isBelow(after, path) ? nextName(path, after) : undefined;
    const folder = await readFolder(path, size, from);
    const indexes = folder.hasIndex ? { folder: path, outer: entry.indexes } : entry.indexes;
    const refill = () => lookAtNext(path, folder, lineage, indexes);
    return { window: await refill(), at: 0, refill };
  } catch (error) {
    if (isGone(error)) return undefined;
    const failure = dumpErrorOf(error);
    if (failure instanceof Postponed) throw failure;
    return { code: failure.outcome };
  }
}

async function lookAtNext(
  path: BytePath,
  folder: Folder,
  lineage: Lineage,
  indexes: IndexChain | undefined,
): Promise<readonly Entry[]> {
  // What vanished meanwhile must not make a window empty that is not the last one.
  for (;;) {
    const names: string[] = [];
    for (let name = folder.names.take(); name !== undefined; name = folder.names.take()) {
      names.push(name);
      if (names.length === WINDOW) break;
    }
    const paths = names.map((name) => within(path, name));
    const looks = await Promise.all(paths.map(look));
    const entries = looks.flatMap((seen, at): Entry[] =>
      seen ? [{ path: paths[at] as BytePath, seen, lineage, indexes }] : [],
    );
    if (entries.length > 0 || names.length === 0) return entries;
  }
}
