import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './node-modules.mjs';
import { runNode } from './run-node.mjs';

const JEST = join(root, 'node_modules/jest/bin/jest.js');
const GRACE_MS = 30_000;

/** Runs Jest; how many tests passed and failed, by its own result file. */
export async function runJest(args) {
  const scratch = mkdtempSync(join(tmpdir(), 'om-jest-'));
  const resultFile = join(scratch, 'result.json');
  const stop = new AbortController();
  // Node.js 24 can spin for ever while it exits (uv_tcp_close_reset); the result is complete by then.
  const watch = setInterval(() => {
    if (!existsSync(resultFile)) return;
    clearInterval(watch);
    setTimeout(() => stop.abort(), GRACE_MS).unref();
  }, 1000);
  try {
    const node = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning'];
    // --json also goes to standard output; what people read goes to standard error.
    await runNode([...node, JEST, '--json', `--outputFile=${resultFile}`, ...args], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      signal: stop.signal,
      killSignal: 'SIGKILL',
    }).catch((error) => {
      if (error.name !== 'AbortError') throw error;
      console.error('Jest did not exit by itself and was ended');
    });
    return counts(resultFile);
  } finally {
    clearInterval(watch);
    rmSync(scratch, { recursive: true, force: true });
  }
}

function counts(resultFile) {
  if (!existsSync(resultFile)) return { passed: 0, failed: 0, success: false };
  const result = JSON.parse(readFileSync(resultFile, 'utf8'));
  // A file that cannot even be loaded has no tests to count, but did fail.
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  return { passed: result.numPassedTests, failed, success: result.success };
}
