/** One target for the archives of a test file, and what arrives there from them. */
import { hash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { type FileRow, importOnce } from './importing.ts';
import { type Folder, makeFolder } from './storage.ts';

export interface Place {
  /** An empty one for each test. */
  readonly folder: Folder;
  /** Empty when a test begins. */
  readonly target: RunningOrthanc;
}

/** What became of the folder: the codes of members by their names, and of files by theirs, as `name: CODE` in order. */
export interface Outcome {
  readonly codes: readonly string[];
  readonly byCode: Readonly<Record<string, number>>;
  readonly exitCode: number;
  readonly sent: number;
  /** Of all that the target holds, in order. */
  readonly held: readonly string[];
}

/** Sets up what each test of the file needs. */
export function placeOfThisFile(): Place {
  const place = {} as { folder: Folder; target: RunningOrthanc };
  beforeAll(async () => {
    place.target = await startOrthanc({ version: '1.13' });
  });
  afterAll(() => place.target.stop());
  beforeEach(async () => {
    place.folder = await makeFolder();
  });
  afterEach(async () => {
    await place.folder.remove();
    const { url } = place.target;
    const patients = (await (await fetch(`${url}patients`)).json()) as string[];
    for (const id of patients) await fetch(`${url}patients/${id}`, { method: 'DELETE' });
  });
  return place;
}

export async function importFolder({ folder, target }: Place, ...options: string[]): Promise<Outcome> {
  const { rows, byCode, end } = await importOnce(folder.path, target.url, ...options);
  return {
    codes: rows.map((row) => `${nameOf(row, folder.path)}: ${row.code}`).sort(),
    byCode,
    exitCode: end.exitCode,
    sent: end.counts.sent ?? -1,
    held: await md5sIn(target),
  };
}

function nameOf({ file, member }: FileRow, folder: string): string {
  const path = file.slice(folder.length + 1);
  return member ? `${path} > ${member.name}` : path;
}

export async function md5sIn(target: RunningOrthanc): Promise<string[]> {
  return [...(await inventory(target)).values()].map(({ md5 }) => md5 ?? '').sort();
}

export function md5sOf(contents: readonly Buffer[]): string[] {
  return contents.map((content) => hash('md5', content)).sort();
}
