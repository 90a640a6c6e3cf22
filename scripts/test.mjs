// npm test: everything. npm test -- ARGS…: Jest alone, with these arguments.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureModules, root } from './node-modules.mjs';
import { runNode } from './run-node.mjs';

const bin = (path) => join(root, 'node_modules', path);
const CHECKS = {
  lint: [bin('@biomejs/biome/bin/biome'), 'ci', '.'],
  types: [bin('typescript/bin/tsc'), '--noEmit'],
  layers: [
    ...[bin('dependency-cruiser/bin/dependency-cruise.mjs'), '--config', '.dependency-cruiser.cjs'],
    ...['bin', 'cli', 'functions', 'test', 'bench', 'scripts'],
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

const scratch = mkdtempSync(join(tmpdir(), 'om-jest-'));
const resultFile = join(scratch, 'result.json');
const jestCode = await runNode(
  ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning', bin('jest/bin/jest.js')].concat(
    ['--json', `--outputFile=${resultFile}`],
    args,
  ),
  // Jest would also write its result to standard output; what people read goes to standard error.
  { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
);

const { passed, failed } = counts();
if (failedChecks.length > 0) console.log(`\nfailed before the tests: ${failedChecks.join(', ')}`);
console.log(`\n${passed} passed, ${failed} failed`);
const good = jestCode === 0 && failed === 0 && passed > 0 && failedChecks.length === 0;
process.exitCode = good ? 0 : 1;

function counts() {
  try {
    const result = JSON.parse(readFileSync(resultFile, 'utf8'));
    // A file that cannot even be loaded has no tests to count, but did fail.
    return { passed: result.numPassedTests, failed: result.numFailedTests + result.numRuntimeErrorTestSuites };
  } catch {
    return { passed: 0, failed: 0 };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
