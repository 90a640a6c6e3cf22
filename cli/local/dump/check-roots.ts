import { open, opendir, stat } from 'node:fs/promises';
import { UsageError } from '../../../functions/core/errors.ts';
import type { FileKey } from '../../../functions/core/ids.ts';
import { systemCode } from '../state-error.ts';
import { absolutePath, workingDirectory } from './absolute-path.ts';
import { type BytePath, comparePaths, isBelow, keyOf, systemPath, within } from './byte-path.ts';

/**
 * The keys of folders and files that the user named, in the order of a walk, without those that lie in others. Raises
 * `UsageError` for what cannot be read.
 */
export async function checkRoots(roots: readonly string[]): Promise<readonly FileKey[]> {
  if (roots.length === 0) throw new UsageError('name at least one folder or file');
  const current = await workingDirectory();
  const checked: Root[] = [];
  for (const root of roots) checked.push(await check(root, current));
  checked.sort((a, b) => comparePaths(a.path, b.path));
  const kept: Root[] = [];
  for (const root of checked) {
    const last = kept.at(-1);
    if (last && (last.path === root.path || (last.folder && isBelow(root.path, last.path)))) continue;
    kept.push(root);
  }
  return kept.map((root) => keyOf(root.path));
}

interface Root {
  readonly path: BytePath;
  readonly folder: boolean;
}

async function check(root: string, current: BytePath): Promise<Root> {
  // The message repeats only what the user has typed.
  const refuse = (why: string) => new UsageError(`${JSON.stringify(root)} ${why}`);
  if (root === '') throw refuse('names no folder and no file');
  const path = absolutePath(Buffer.from(root), current);
  const name = systemPath(path);
  try {
    const stats = await stat(name);
    if (!stats.isDirectory() && !stats.isFile()) throw refuse('is neither a folder nor a file');
    await tryToRead(path, stats.isDirectory());
    return { path, folder: stats.isDirectory() };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const code = systemCode(error) ?? 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') throw refuse('does not exist');
    if (code === 'EACCES' || code === 'EPERM')
      throw refuse('may not be read by you: change its permissions, or run as its owner');
    throw refuse(`cannot be read (${code})`);
  }
}

/** Not `access`: that asks for the real user instead of the effective one, and knows nothing of servers that refuse. */
async function tryToRead(path: BytePath, folder: boolean): Promise<void> {
  const opened = await (folder ? opendir(systemPath(path)) : open(systemPath(path)));
  await opened.close();
  // A folder's names may be readable, but not what they stand for.
  if (folder) await stat(systemPath(within(path, '.')));
}
