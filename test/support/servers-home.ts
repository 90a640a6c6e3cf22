import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The Debian releases whose Orthanc packages the tests run: each is a tree made by debootstrap. */
export type Release = 'bookworm' | 'sid';

/** Where `npm test` and `npm start` keep servers that the machine's own packages do not offer. */
function serversHome(): string {
  const chosen = process.env.ORTHANC_MIGRATE_SERVERS;
  if (chosen) return chosen;
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'orthanc-migrate');
}

export function releaseTree(release: Release): string {
  return join(serversHome(), release);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
