import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Lets Node.js keep what it compiles of the modules that are imported from now on: the next start takes half the CPU time.
 * Below the user's own folder, as what lies there is executed. Where that cannot be written, nothing is kept.
 */
export function keepCompiled(): void {
  const caches = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  enableCompileCache(join(caches, 'orthanc-migrate', 'compiled'));
}
