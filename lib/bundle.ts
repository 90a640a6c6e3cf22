import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { ENTRY_FOLDER, type FunctionName } from '../functions/environment.ts';

/** Makes the code of a function. The construct takes a copy of it before `discard` is called. */
export type Bundler = (name: FunctionName) => { readonly code: Code; readonly discard: () => void };

/** Where the repository is. */
export const ROOT = join(import.meta.dirname, '..');

/** Packages that are CommonJS call `require` for Node's own modules; a module has none by itself. */
const REQUIRE =
  "import{createRequire as createRequireHere}from'node:module';const require=createRequireHere(import.meta.url);";

/**
 * Bundles by esbuild in this very process: no Docker, no network, the same bytes each time. Source maps lie in `maps`, beside the assets:
 * within them they would be most of what a cold start has to fetch.
 */
export function bundler(maps: string, entryFolder: string = join(ROOT, ENTRY_FOLDER)): Bundler {
  return (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'orthanc-migrate-bundle-'));
    const outfile = join(folder, 'index.mjs');
    buildSync({
      entryPoints: [join(entryFolder, `${name}.ts`)],
      outfile,
      absWorkingDir: ROOT,
      bundle: true,
      minify: true,
      platform: 'node',
      target: 'node24',
      format: 'esm',
      // Packages that have both then give their ES modules, of which only what is used is taken.
      mainFields: ['module', 'main'],
      banner: { js: REQUIRE },
      sourcemap: 'external',
      legalComments: 'none',
      logLevel: 'error',
    });
    mkdirSync(maps, { recursive: true });
    renameSync(`${outfile}.map`, join(maps, `${name}.mjs.map`));
    return { code: Code.fromAsset(folder), discard: () => rmSync(folder, { recursive: true }) };
  };
}
