// npm run build: dist/ as it is published. All that the command line needs is in it, the packages too: an installation downloads
// nothing else, and a start reads three files instead of some six hundred.
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureModules, root } from './node-modules.mjs';

ensureModules();
// Installed only now, perhaps.
const { build } = await import('esbuild');

const out = join(root, 'dist');
rmSync(out, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: root,
  // All of it in one folder: what finds a file beside itself does so here as well.
  entryPoints: ['bin/orthanc-migrate.ts', 'cli/local/dump/index-worker.ts'],
  entryNames: '[name]',
  outdir: out,
  bundle: true,
  // What is imported only when it is needed, such as the clients of AWS, stays in a file of its own.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.19',
  mainFields: ['module', 'main'],
  // Packages that are CommonJS call `require` for Node's own modules; a module has none by itself.
  banner: {
    js: "import{createRequire as createRequireHere}from'node:module';const require=createRequireHere(import.meta.url);",
  },
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
chmodSync(join(out, 'orthanc-migrate.js'), 0o755);
writeFileSync(join(out, 'THIRD-PARTY-LICENSES.txt'), licences(metafile));

/** The licence of each package of which something is in the bundle, as most of them ask for. */
function licences({ inputs }) {
  const folders = new Set(
    Object.keys(inputs).flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
  );
  return [...folders]
    .sort()
    .map(licenceOf)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function licenceOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  if (!license) throw new Error(`${folder} names no licence`);
  const texts = readdirSync(join(root, folder)).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
  const by = typeof author === 'string' ? author : author?.name;
  const head = `${name} ${version}: ${license}${by ? `, by ${by}` : ''}\n`;
  return [
    head,
    ...texts.map((file) =>
      readFileSync(join(root, folder, file), 'utf8')
        .trimEnd()
        .concat('\n'),
    ),
  ].join('\n');
}
