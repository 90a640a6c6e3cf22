/** Storage folders of Orthanc, written by real servers, or by hand in the same form. */
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { inventory, type StoredInstance } from '../../support/independent.ts';
import { type OrthancOptions, type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';

export interface Folder {
  readonly path: string;
  /** Writes a file under a name of its own, as Orthanc would (`ab/cd/abcd…`); its path. */
  store(content: Uint8Array, uuid?: string): Promise<string>;
  /** Writes a file under this name. */
  write(name: string, content: Uint8Array): Promise<string>;
  remove(): Promise<void>;
}

export async function makeFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'om-dump-'));
  const write = async (name: string, content: Uint8Array): Promise<string> => {
    const file = join(path, name);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, content);
    return file;
  };
  return {
    path,
    write,
    store: (content, uuid = randomUUID()) => write(`${uuid.slice(0, 2)}/${uuid.slice(2, 4)}/${uuid}`, content),
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** What a server left behind when it was stopped. */
export interface Left {
  /** What it held, by Orthanc ID. */
  readonly held: ReadonlyMap<string, StoredInstance>;
}

/** Lets a real server fill the folder; it has stopped when this returns. */
export async function filledBy(
  folder: Folder,
  options: Omit<OrthancOptions, 'storage'>,
  fill: (server: RunningOrthanc) => Promise<unknown>,
): Promise<Left> {
  const server = await startOrthanc({ ...options, storage: folder.path });
  try {
    await fill(server);
    return { held: await inventory(server) };
  } finally {
    await server.stop();
  }
}

/** Orthanc's attachment types. */
export const TYPE = { dicom: 1, untilPixelData: 3 } as const;

export interface Attached {
  readonly uuid: string;
  readonly type: number;
  readonly path: string;
}

/** What the index of a stopped server says of its files. */
export function attachedFiles({ path }: Folder): Attached[] {
  // Without `immutable` even a reader makes new files beside it.
  const database = new DatabaseSync(new URL(`${pathToFileURL(join(path, 'index'))}?immutable=1`), { readOnly: true });
  try {
    return database
      .prepare('SELECT uuid, fileType FROM AttachedFiles')
      .all()
      .map(({ uuid, fileType }) => {
        const name = String(uuid);
        return { uuid: name, type: Number(fileType), path: join(path, name.slice(0, 2), name.slice(2, 4), name) };
      });
  } finally {
    database.close();
  }
}

/** All files below a folder, and no folders. */
export async function filesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** As Orthanc records it of a content. */
export function md5(content: Uint8Array): string {
  return createHash('md5').update(content).digest('hex');
}
