// Plain JavaScript without dependencies: it runs on any Node.js >= 20, before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The Node.js 24 that comes as an npm package: the runtime of AWS Lambda's nodejs24.x, whatever the machine has. */
export const node24 = join(root, 'node_modules', 'node', 'bin', 'node');

/** Runs `npm ci` when node_modules is missing or does not hold what package-lock.json says. */
export function ensureModules() {
  const reason = staleReason();
  if (!reason) return;
  console.error(`${reason}: running npm ci (about a minute) …`);
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    // Standard output belongs to the command that follows.
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) fail('npm ci failed: see above');
  const remaining = staleReason();
  if (remaining)
    fail(`npm ci ended well, but ${remaining}; were install scripts switched off (npm config get ignore-scripts)?`);
}

export function fail(message) {
  console.error(message);
  process.exit(2);
}

function staleReason() {
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return 'node_modules is missing';
  const wanted = packages(join(root, 'package-lock.json'));
  const present = packages(installed);
  for (const [path, { version, optional }] of Object.entries(wanted)) {
    if (path === '' || version === undefined) continue;
    const there = present[path];
    // Optional packages for other systems are not installed.
    if (there ? there.version !== version : !optional)
      return `node_modules is out of date (${path.slice(13)} ${version})`;
  }
  return existsSync(node24) ? undefined : 'the npm package "node" has no program';
}

function packages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}
