import { readFileSync } from 'node:fs';

/** Of this program, as in its package.json: one folder up from the sources, as from what is built. */
export function version(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
