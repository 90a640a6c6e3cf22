import { execFile } from 'node:child_process';
import { mkdtemp, open, readdir, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemCode } from './system-error.ts';

const run = promisify(execFile);
const PREFIX = 'om-disk-';

/** A disk of a few megabytes. Only root can make one. */
export interface SmallDisk {
  readonly path: string;
  /** Leaves no room at all. */
  fill(): Promise<void>;
  /** Takes the filling away. */
  free(): Promise<void>;
  remove(): Promise<void>;
}

export const canMount = process.getuid?.() === 0;

export async function smallDisk(bytes: number): Promise<SmallDisk> {
  await removeForgotten();
  const path = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', path]);
  const filling = join(path, 'filling');
  return {
    path,
    fill: () => fillDisk(filling),
    free: () => rm(filling),
    remove: () => unmount(path),
  };
}

async function fillDisk(path: string): Promise<void> {
  const file = await open(path, 'a');
  try {
    // The last pages of the memory that the disk is made of are had one by one.
    for (const piece of [1024 * 1024, 4096]) await appendUntilFull(file, Buffer.alloc(piece));
  } finally {
    await file.close();
  }
}

async function appendUntilFull(file: Awaited<ReturnType<typeof open>>, piece: Buffer): Promise<void> {
  try {
    for (;;) await file.appendFile(piece);
  } catch (error) {
    if (systemCode(error) !== 'ENOSPC') throw error;
  }
}

async function unmount(path: string): Promise<void> {
  // At once, whoever still has a file open there.
  await run('umount', ['--lazy', path]).catch(() => undefined);
  await rmdir(path);
}

/** Of processes that were killed before they could tidy up. */
async function removeForgotten(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = /^om-disk-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await unmount(join(tmpdir(), name)).catch(() => undefined);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
