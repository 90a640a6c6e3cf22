import { DumpError } from '../../../functions/core/dump.ts';
import type { OutcomeCode } from '../../../functions/core/outcome.ts';
import { type BytePath, comparePaths, isBelow } from './byte-path.ts';
import type { IndexChain } from './index-chain.ts';
import { bottomLevel, type Entry, type Level, openFolder } from './level.ts';
import type { Seen } from './look.ts';
import type { Starts } from './starts.ts';

export type Found =
  | (Extract<Seen, { kind: 'file' }> & { readonly path: BytePath; readonly indexes: IndexChain | undefined })
  | { readonly kind: 'problem'; readonly path: BytePath; readonly code: OutcomeCode };

/** Found entries that are handed on together. */
const BATCH = 256;
/** Folders that are read ahead: on a network file system each takes two round trips. */
const AHEAD = 8;

/**
 * Everything below the names, depth first, after this path. Raises `Postponed`, and `DumpError` when a folder that it has
 * listed in part before can no longer be listed: the rest of it must not be missed silently.
 */
export async function* walk(starts: Starts, after: BytePath | undefined): AsyncGenerator<readonly Found[]> {
  const left = starts.after(after);
  const bottom = bottomLevel(after === undefined ? [] : starts.above(after), left);
  const stack: Level[] = [bottom];
  /** Where it goes on, until that point is passed. */
  let resuming = after;
  let batch: Found[] = [];
  const add = (found: Found): void => {
    if (resuming !== undefined && comparePaths(found.path, resuming) <= 0) {
      // Where the name stood for itself, that was so before.
      const forgiven = stack.length === 1 && starts.has(resuming);
      if (found.kind === 'problem' && isBelow(resuming, found.path) && !forgiven) throw lostTrack(found.code);
      return;
    }
    resuming = undefined;
    batch.push(found);
  };
  let covered: BytePath | undefined;
  for (let level = stack.at(-1); level; level = stack.at(-1)) {
    const entry = level.window[level.at++];
    if (!entry) {
      level.window = await level.refill();
      level.at = 0;
      if (level.window.length === 0) stack.pop();
    } else if (level === bottom && covered !== undefined && isBelow(entry.path, covered)) {
      // Named, and walked through already with the folder that it lies in.
    } else if (entry.seen.kind !== 'folder') {
      add(found(entry, entry.seen));
    } else {
      const reading = opening(entry, resuming);
      readAhead(level, resuming);
      const opened = await reading;
      entry.opening = undefined;
      if (opened && 'refill' in opened) {
        if (level === bottom) {
          covered = entry.path;
          left.skipBelow(covered);
        }
        stack.push(opened);
      } else if (opened || level === bottom)
        add({ kind: 'problem', path: entry.path, code: opened?.code ?? 'FILE_VANISHED' });
    }
    if (batch.length >= BATCH) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

function found(entry: Entry, seen: Exclude<Seen, { kind: 'folder' }>): Found {
  if (seen.kind === 'problem') return { ...seen, path: entry.path };
  return { ...seen, path: entry.path, indexes: entry.indexes };
}

function opening(entry: Entry, resuming: BytePath | undefined): NonNullable<Entry['opening']> {
  if (entry.opening) return entry.opening;
  entry.opening = openFolder(entry, resuming);
  // Whoever stops listing leaves it alone.
  entry.opening.catch(() => undefined);
  return entry.opening;
}

function readAhead(level: Level, resuming: BytePath | undefined): void {
  let folders = 0;
  for (let at = level.at; at < level.window.length && folders < AHEAD; at++) {
    const entry = level.window[at];
    if (entry?.seen.kind !== 'folder') continue;
    folders++;
    opening(entry, resuming);
  }
}

function lostTrack(code: OutcomeCode): DumpError {
  return new DumpError(code, `a folder of the dump that is listed in part can no longer be listed (${code})`);
}
