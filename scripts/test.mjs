// npm test: everything. npm test -- ARGS…: Jest alone, with these arguments.
import { join } from 'node:path';
import { ensureModules, root } from './node-modules.mjs';
import { runJest } from './run-jest.mjs';
import { runNode } from './run-node.mjs';

const bin = (path) => join(root, 'node_modules', path);
const CHECKS = {
  lint: [bin('@biomejs/biome/bin/biome'), 'ci', '.', ...(process.stdout.isTTY ? [] : ['--colors=off'])],
  types: [bin('typescript/bin/tsc'), '--noEmit'],
  layers: [
    ...[bin('dependency-cruiser/bin/dependency-cruiser.mjs'), '--config', '.dependency-cruiser.cjs'],
    ...['bin', 'cli', 'functions', 'lib', 'test', 'bench', 'scripts'],
  ],
};

const args = process.argv.slice(2);
ensureModules();

const setup = await runNode(['scripts/setup.ts'], { cwd: root });
if (setup !== 0) {
  // Someone who asks for particular tests may well ask for some that need no server; the others will say what they miss.
  if (args.length === 0) process.exit(setup);
  console.error('going on without a complete set-up');
}

const failedChecks = [];
if (args.length === 0) {
  for (const [name, command] of Object.entries(CHECKS)) {
    console.log(`\n— ${name}`);
    if ((await runNode(command, { cwd: root })) !== 0) failedChecks.push(name);
  }
  console.log('\n— tests');
}

const { passed, failed, success } = await runJest(args);
if (failedChecks.length > 0) console.log(`\nfailed before the tests: ${failedChecks.join(', ')}`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = success && failed === 0 && passed > 0 && failedChecks.length === 0 ? 0 : 1;
