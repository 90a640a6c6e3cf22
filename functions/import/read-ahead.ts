import { orFail } from '../attempt/for-all.ts';
import { mayStart } from '../attempt/within-limits.ts';
import type { Attempt } from '../attempt/worker.ts';
import { LEAST_BYTES, SLOT_BYTES } from '../core/md5/slots.ts';
import type { FileEntry } from '../core/plan.ts';
import { Backlog } from './backlog.ts';
import { ReadSource } from './read-source.ts';
import type { FileSource, Source } from './source.ts';

/** Files that are read at the same time: about as many larger ones as there are lanes for their MD5s. */
const LARGER_TOGETHER = 8;
const TOGETHER = 32;
/** Of all files of one chunk that were read and did not yet arrive (bytes): more than the target takes at a time. */
const BACKLOG_BYTES = 8 * 1024 * 1024;

/**
 * Reads files before the target has room for them, several small ones at a time: their MD5s are then made together (core/md5), and
 * what is next lies ready. Nothing more is read once the attempt may start nothing more. Raises the first error of a visit, when all
 * that were begun have ended.
 */
export async function readAhead(
  attempt: Attempt,
  entries: readonly FileEntry[],
  open: (entry: FileEntry) => FileSource,
  visit: (entry: FileEntry, source: Source) => Promise<void>,
): Promise<void> {
  const backlog = new Backlog(BACKLOG_BYTES);
  try {
    for (const group of groupsOf(entries)) {
      const bytes = group.map((entry) => (isSmall(entry) ? entry.size : 0));
      await backlog.room(bytes.reduce((sum, size) => sum + size, 0));
      if (!mayStart(attempt)) break;
      const sources = group.map((entry) => (isSmall(entry) ? new ReadSource(open(entry)) : open(entry)));
      await Promise.all(sources.map((source) => source instanceof ReadSource && source.settled()));
      for (const [index, source] of sources.entries()) {
        const entry = group[index];
        if (entry) backlog.add(bytes[index] ?? 0, orFail(attempt, visited(entry, source)));
      }
    }
  } finally {
    await backlog.drained();
  }

  async function visited(entry: FileEntry, source: Source): Promise<void> {
    try {
      await visit(entry, source);
    } finally {
      if (source instanceof ReadSource) await source.close();
    }
  }
}

function isSmall({ content, size }: FileEntry): boolean {
  return content.layers.length === 0 && size <= SLOT_BYTES;
}

function* groupsOf(entries: readonly FileEntry[]): Generator<readonly FileEntry[]> {
  let group: FileEntry[] = [];
  for (const entry of entries) {
    group.push(entry);
    const larger = group.filter(({ size }) => size >= LEAST_BYTES).length;
    if (group.length < TOGETHER && larger < LARGER_TOGETHER) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}
