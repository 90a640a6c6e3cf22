import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

/** Gives new empty directories, which are removed after the tests of the file. */
export function temporaryDirectories(): () => string {
  const root = mkdtempSync(join(tmpdir(), 'orthanc-migrate-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return () => mkdtempSync(join(root, 'd-'));
}

/** Gives new files with this content and these permissions. */
export function temporaryFiles(): (content: string, mode?: number) => string {
  const directory = temporaryDirectories();
  return (content, mode = 0o600) => {
    const path = join(directory(), 'file');
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  };
}
