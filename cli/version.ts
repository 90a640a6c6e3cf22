import { existsSync, readFileSync } from 'node:fs';

/** Of this program, as in its package.json: one folder up from the sources, two from what is built. */
export function version(): string {
  for (const path of ['../package.json', '../../package.json']) {
    const file = new URL(path, import.meta.url);
    if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  }
  return 'unknown';
}
