// npm run bench -- cold-start [runs=10]: how large the bundles of the functions are, and how long a fresh process takes to load each.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { AssetCode } from 'aws-cdk-lib/aws-lambda';
import { FUNCTION_NAMES } from '../functions/environment.ts';
import { bundler } from '../lib/bundle.ts';
import { figureOf, show } from './statistics.ts';

const [runs = 10] = process.argv.slice(2).map(Number);
const maps = mkdtempSync(join(tmpdir(), 'om-maps-'));
const bundle = bundler(maps);

/** Milliseconds that the import of a module takes in a process that has done nothing else, wall clock and processor. */
function load(path: string): { readonly wall: number; readonly cpu: number } {
  const code = `const begun = performance.now(); const before = process.cpuUsage();
    await import(${JSON.stringify(pathToFileURL(path).href)});
    const { user, system } = process.cpuUsage(before);
    console.log(JSON.stringify({ wall: performance.now() - begun, cpu: (user + system) / 1000 }));`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8', env: {} });
  return JSON.parse(output);
}

console.log(`median of ${runs} fresh processes\n`);
console.log('| function | bundle, kB | zipped, kB | import, ms | CPU, ms |');
console.log('| --- | ---: | ---: | ---: | ---: |');
for (const name of FUNCTION_NAMES) {
  const { code, discard } = bundle(name);
  if (!(code instanceof AssetCode)) throw new Error(`the bundle of ${name} is no folder`);
  const path = join(code.path, 'index.mjs');
  const bytes = readFileSync(path);
  load(path);
  const loads = Array.from({ length: runs }, () => load(path));
  const kilobytes = (size: number) => Math.round(size / 1000);
  const cells = [
    name,
    kilobytes(bytes.length),
    kilobytes(deflateRawSync(bytes, { level: 9 }).length),
    show(figureOf(loads.map(({ wall }) => wall)), 0),
    show(figureOf(loads.map(({ cpu }) => cpu)), 0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
  discard();
}
rmSync(maps, { recursive: true });
