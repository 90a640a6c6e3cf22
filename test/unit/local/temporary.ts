import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';

/** Gives new empty directories, which are removed after the tests of the file. */
export function temporaryDirectories(): () => string {
  const root = mkdtempSync(join(tmpdir(), 'orthanc-migrate-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return () => mkdtempSync(join(root, 'd-'));
}
