import { type BigIntStats, constants } from 'node:fs';
import { copyFile, mkdir, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type BytePath, systemPath, within } from './byte-path.ts';
import { isGone } from './file-errors.ts';
import { INDEX_NAME } from './folder.ts';
import { versionOf } from './look.ts';

/** Begins every SQLite file (https://www.sqlite.org/fileformat.html, 1.3). */
const MAGIC = 'SQLite format 3\0';
/** Bytes of the header of a write-ahead log; it changes when the log starts anew (same page, 4.1). */
const LOG_HEADER = 32;
const ATTEMPTS = 3;
/** What belongs to a database. Not `-shm`: SQLite makes it anew of the log. */
const PARTS = ['', '-wal', '-journal'] as const;

export interface IndexCopy {
  readonly file: string;
  /** Milliseconds since the epoch, before the copying began. */
  readonly copiedAt: number;
  /** Whether nothing speaks for a server that works with the index: no log lies beside it, and it is as it was. */
  atRest(): Promise<boolean>;
  /** The copy may be removed once it is open: its space is then given back when it is closed, even by a crash. */
  remove(): Promise<void>;
}

/**
 * Copies the index of a folder: a reader of SQLite must not write where the files lie. `undefined` when what is named so is no
 * file. Raises errors of the system, or one that says why it is no index.
 */
export async function copyIndex(folder: BytePath, temporary: string): Promise<IndexCopy | undefined> {
  const index = within(folder, INDEX_NAME);
  const stats = await statOf(index);
  if (!stats?.isFile()) return undefined;
  if ((await beginning(index, MAGIC.length)) !== MAGIC) throw new Error('it is no SQLite file');
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  const directory = await mkdtemp(join(temporary, 'index-'));
  const file = join(directory, INDEX_NAME);
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    const copiedAt = Date.now();
    const version = await copyWhole(index, file);
    const atRest = async () => version.log === undefined && (await versionsOf(index)).all === version.all;
    return { file, copiedAt, atRest, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * A log that only grows does no harm: SQLite takes what is whole in it. But the copy is of no use when meanwhile the log was
 * written back into the main file, or began anew.
 */
async function copyWhole(index: BytePath, copy: string): Promise<Versions> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await versionsOf(index);
    for (const part of PARTS) await copyPart(index, copy, part);
    const after = await versionsOf(index);
    if (before.base === after.base) return after.all === before.all ? after : { ...after, all: 'changing' };
  }
  throw new Error('it changes all the time; stop its server first');
}

async function copyPart(index: BytePath, copy: string, part: string): Promise<void> {
  const to = `${copy}${part}`;
  await rm(to, { force: true });
  await copyFile(systemPath(`${index}${part}` as BytePath), to, constants.COPYFILE_FICLONE).catch((error: unknown) => {
    if (part === '' || !isGone(error)) throw error;
  });
}

interface Versions {
  /** Of what must stay as it is while it is copied. */
  readonly base: string;
  readonly all: string;
  /** Of the write-ahead log, if there is one that is not empty. */
  readonly log: string | undefined;
}

async function versionsOf(index: BytePath): Promise<Versions> {
  const [main, log, journal] = await Promise.all(PARTS.map((part) => statOf(`${index}${part}` as BytePath)));
  const logHeader = log ? await beginning(`${index}-wal` as BytePath, LOG_HEADER) : '';
  const base = [main, journal].map((stats) => (stats ? versionOf(stats) : '')).join() + logHeader;
  const logVersion = log && log.size > 0n ? versionOf(log) : undefined;
  return { base, all: `${base} ${logVersion}`, log: logVersion };
}

async function statOf(path: BytePath): Promise<BigIntStats | undefined> {
  return stat(systemPath(path), { bigint: true }).catch((error: unknown) => {
    if (isGone(error)) return undefined;
    throw error;
  });
}

async function beginning(path: BytePath, length: number): Promise<string> {
  const file = await open(systemPath(path), 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}
