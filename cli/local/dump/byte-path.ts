import type { FileKey } from '../../../functions/core/ids.ts';
import { decodeKey, encodeKey } from './file-key.ts';

/**
 * An absolute path with one character for each byte (Latin-1): names survive whatever their encoding is, and `<` compares
 * bytes.
 */
export type BytePath = string & { readonly __brand: 'BytePath' };

const SLASH = 0x2f;

export function bytePath(path: Buffer): BytePath {
  return path.toString('latin1') as BytePath;
}

/** For calls of the file system. */
export function systemPath(path: BytePath): Buffer {
  return Buffer.from(path, 'latin1');
}

export function keyOf(path: BytePath): FileKey {
  return encodeKey(systemPath(path));
}

/** Raises `FILE_KEY_INVALID`. */
export function pathOf(key: FileKey): BytePath {
  return bytePath(decodeKey(key));
}

export function within(folder: BytePath, name: string): BytePath {
  return (folder.length === 1 ? `/${name}` : `${folder}/${name}`) as BytePath;
}

/** Whether the path lies somewhere below the folder. */
export function isBelow(path: BytePath, folder: BytePath): boolean {
  if (folder.length === 1) return path.length > 1;
  return path.length > folder.length && path.charCodeAt(folder.length) === SLASH && path.startsWith(folder);
}

/** The name directly in the folder on the way to a path below it. */
export function nextName(folder: BytePath, path: BytePath): string {
  const from = folder.length === 1 ? 1 : folder.length + 1;
  const end = path.indexOf('/', from);
  return path.slice(from, end < 0 ? undefined : end);
}

/** The folders that a path lies in, from the outermost on, without `/`. */
export function* foldersOf(path: BytePath): Generator<BytePath> {
  for (let end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) yield path.slice(0, end) as BytePath;
}

/**
 * The order of a walk, depth first with names in the order of their bytes: whatever lies below a folder follows it at once.
 * Plain order would put `a.dcm` between `a` and `a/b`.
 */
export function comparePaths(a: BytePath, b: BytePath): number {
  const end = Math.min(a.length, b.length);
  for (let at = 0; at < end; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return left === SLASH ? -1 : right === SLASH ? 1 : left - right;
  }
  return a.length - b.length;
}
