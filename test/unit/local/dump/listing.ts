import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from '@jest/globals';
import { encodeKey } from '../../../../cli/local/dump/file-key.ts';
import { openLocalDump } from '../../../../cli/local/dump/local-dump.ts';
import type { Dump, DumpItem } from '../../../../functions/core/dump.ts';
import type { FileKey } from '../../../../functions/core/ids.ts';

/** Gives new empty folders that other users may look into, which are removed after the tests of the file. */
export function openFolders(): () => string {
  const root = mkdtempSync(join(tmpdir(), 'orthanc-migrate-dump-'));
  chmodSync(root, 0o755);
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return () => {
    const folder = mkdtempSync(join(root, 'd-'));
    chmodSync(folder, 0o755);
    return folder;
  };
}

export function writeTree(root: string, files: readonly string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), file);
  }
}

export function key(path: string): FileKey {
  return encodeKey(Buffer.from(path));
}

export interface Opened {
  readonly dump: Dump;
  readonly warnings: string[];
}

export function openRoots(roots: readonly string[], temporary = '/nowhere'): Opened {
  const warnings: string[] = [];
  const onWarning = (message: string) => warnings.push(message);
  return { dump: openLocalDump({ roots: roots.map(key) }, { temporary, onWarning }), warnings };
}

export function openNames(names: readonly FileKey[]): Dump {
  return openLocalDump({ names }, { temporary: '/nowhere', onWarning: () => undefined });
}

export async function listed(dump: Dump, after?: FileKey): Promise<DumpItem[]> {
  const items: DumpItem[] = [];
  for await (const item of dump.list(after)) items.push(item);
  return items;
}

/** What a dump lists, in short: the path below the folder, and the code of a problem. */
export async function brief(dump: Dump, root: string, after?: string): Promise<string[]> {
  const items = await listed(dump, after === undefined ? undefined : key(join(root, after)));
  return items.map((item) => {
    const path = item.key.slice(root.length + 1);
    return item.kind === 'problem' ? `${path} ${item.code}` : path;
  });
}
