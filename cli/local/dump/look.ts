import { type BigIntStats, lstat, lstatSync, stat, statSync } from 'node:fs';
import type { OutcomeCode } from '../../../functions/core/outcome.ts';
import { systemCode } from '../state-error.ts';
import { type BytePath, systemPath } from './byte-path.ts';
import { isGone } from './file-errors.ts';
import { pace } from './pace.ts';

/** What lies under a path; symbolic links are followed. */
export type Seen =
  | {
      readonly kind: 'file';
      /** Bytes. */
      readonly size: number;
      readonly version: string;
      /** Milliseconds since the epoch. */
      readonly modifiedAt: number;
    }
  | {
      readonly kind: 'folder';
      readonly id: string;
      /** Bytes that its list of names takes, by whatever the file system means by that. */
      readonly size: number;
      readonly linked: boolean;
    }
  | { readonly kind: 'problem'; readonly code: OutcomeCode };

const EXACT = { bigint: true } as const;

/** `undefined` when nothing is there. */
export async function look(path: BytePath): Promise<Seen | undefined> {
  const name = systemPath(path);
  if (pace.quick) return lookAtOnce(name);
  // Not fs.promises: these cost nearly twice the time.
  return new Promise((resolve) => {
    lstat(name, EXACT, (error, stats) => {
      if (error) resolve(isGone(error) ? undefined : { kind: 'problem', code: 'FILE_UNREADABLE' });
      else if (!stats.isSymbolicLink()) resolve(seen(stats, false));
      else stat(name, EXACT, (failure, target) => resolve(failure ? lost(failure) : seen(target, true)));
    });
  });
}

function lookAtOnce(name: Buffer): Seen | undefined {
  try {
    const stats = pace.wait(() => lstatSync(name, EXACT));
    return stats.isSymbolicLink() ? lookBehind(name) : seen(stats, false);
  } catch (error) {
    return isGone(error) ? undefined : { kind: 'problem', code: 'FILE_UNREADABLE' };
  }
}

function lookBehind(name: Buffer): Seen {
  try {
    return seen(
      pace.wait(() => statSync(name, EXACT)),
      true,
    );
  } catch (error) {
    return lost(error);
  }
}

/** Changes whenever the content may have changed: size, time of modification in nanoseconds, inode number. */
export function versionOf(stats: BigIntStats): string {
  return `${stats.size.toString(36)}-${stats.mtimeNs.toString(36)}-${stats.ino.toString(36)}`;
}

/** Names a folder, whichever path leads to it. */
export function folderId(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

function seen(stats: BigIntStats, linked: boolean): Seen {
  if (stats.isFile())
    return {
      kind: 'file',
      size: Number(stats.size),
      version: versionOf(stats),
      modifiedAt: Number(stats.mtimeMs),
    };
  if (stats.isDirectory()) return { kind: 'folder', id: folderId(stats), size: Number(stats.size), linked };
  return { kind: 'problem', code: 'SPECIAL_FILE' };
}

function lost(error: unknown): Seen {
  // ELOOP: links that only lead to each other.
  const nowhere = isGone(error) || systemCode(error) === 'ELOOP';
  return { kind: 'problem', code: nowhere ? 'LINK_BROKEN' : 'FILE_UNREADABLE' };
}
