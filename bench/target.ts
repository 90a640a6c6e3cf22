import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningOrthanc, startOrthanc } from '../test/support/orthanc.ts';
import { upload } from '../test/support/upload.ts';
import { filling } from './workload.ts';

const VERSION = '1.13';

/** Starts equal targets, each with a storage and a SQLite index of its own, which are removed when it stops. */
export interface Targets {
  start(): Promise<RunningOrthanc>;
  remove(): Promise<void>;
}

/**
 * @param held how many other instances each target holds from the beginning.
 * @param kept a storage folder that holds them already, from a server of the same version.
 */
export async function targets(held: number, kept: string | undefined): Promise<Targets> {
  if (held === 0) return { start: () => startOrthanc({ version: VERSION }), remove: async () => undefined };
  const home = await mkdtemp(join(tmpdir(), 'om-bench-targets-'));
  const original = kept ?? join(home, 'original');
  if (kept === undefined) await fill(original, held);
  let count = 0;
  return {
    async start() {
      count += 1;
      const index = join(home, String(count));
      await mkdir(index);
      for (const file of await readdir(original))
        if (file.startsWith('index')) await copyFile(join(original, file), join(index, file));
      // Its files stay away: the index is what a fuller target differs by, and nobody reads them.
      return startOrthanc({ version: VERSION, storage: join(index, 'files'), index });
    },
    remove: () => rm(home, { recursive: true, force: true }),
  };
}

async function fill(storage: string, instances: number): Promise<void> {
  const server = await startOrthanc({ version: VERSION, storage });
  await upload(server.url, filling(instances), { concurrency: 2 });
  await server.stop();
}
