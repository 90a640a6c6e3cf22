// npm run bench -- NAME ARGS…: runs bench/NAME.ts; without a name bench/replicate.ts.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensureModules, fail, root } from './node-modules.mjs';
import { runNode } from './run-node.mjs';

const [name = 'replicate', ...args] = process.argv.slice(2);
const directory = join(root, 'bench');
const names = readdirSync(directory)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3));
if (!existsSync(join(directory, `${name}.ts`))) {
  fail(`usage: npm run bench -- NAME ARGS…, NAME being one of: ${names.join(', ')}`);
}
ensureModules();
await import('./build.mjs');
process.exitCode = await runNode([join(directory, `${name}.ts`), ...args]);
