import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

export const MD5 = '0123456789abcdef0123456789abcdef';
/** The schema of Orthanc 1.10.1, as far as it matters. */
const SCHEMA = `
  CREATE TABLE GlobalProperties(property INTEGER PRIMARY KEY, value TEXT);
  CREATE TABLE AttachedFiles(
    id INTEGER, fileType INTEGER, uuid TEXT, compressedSize INTEGER, uncompressedSize INTEGER, compressionType INTEGER,
    uncompressedMD5 TEXT, compressedMD5 TEXT, PRIMARY KEY(id, fileType)
  );
`;

export interface IndexedFile {
  readonly uuid: string;
  readonly type?: number;
  readonly size?: number;
  readonly md5?: string;
}

/** Writes an index as Orthanc does, with this version of the schema. */
export function writeIndex(folder: string, files: readonly IndexedFile[], schema = '6'): void {
  mkdirSync(folder, { recursive: true });
  const index = new DatabaseSync(join(folder, 'index'));
  index.exec(SCHEMA);
  index.prepare('INSERT INTO GlobalProperties VALUES (1, ?)').run(schema);
  const insert = index.prepare('INSERT INTO AttachedFiles VALUES (?, ?, ?, 1, ?, 1, ?, ?)');
  for (const [at, { uuid, type = 1, size = 100, md5 = MD5 }] of files.entries())
    insert.run(at, type, uuid, size, md5, md5);
  index.close();
}

export function uuid(number: number): string {
  return `${number.toString(16).padStart(8, '0')}-1111-4222-8333-abcdefabcdef`;
}

/** The path that Orthanc gives to a file. */
export function storagePath(name: string): string {
  return `${name.slice(0, 2)}/${name.slice(2, 4)}/${name}`;
}

/** Writes files as if long ago. */
export function writeOld(root: string, paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), path);
    utimesSync(join(root, path), 1000, 1000);
  }
}
