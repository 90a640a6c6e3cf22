import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collected, type Ended } from '../test/support/command-line.ts';
import { endedChildrenCpu } from './cpu.ts';

const COMMAND = join(import.meta.dirname, '../dist/orthanc-migrate.js');
/** Of its first line. */
const FLAGS = /^#!.*? node (.*)/.exec(readFileSync(COMMAND, 'utf8'))?.[1]?.split(' ') ?? [];

/** Runs the command line as it is published. */
export function published(args: readonly string[]): Promise<Ended> {
  return collected(spawn(process.execPath, [...FLAGS, COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })).ended;
}

/** Runs `replicate` or `import` as a user does, with a new state directory; how long it took, and its CPU seconds. */
export async function command(
  verb: 'replicate' | 'import',
  source: string,
  target: string,
): Promise<{ seconds: number; cpu: number }> {
  const state = await mkdtemp(join(tmpdir(), 'om-bench-'));
  const before = endedChildrenCpu();
  const { code, stdout, stderr, seconds } = await published([
    verb,
    source,
    target,
    '--state-dir',
    join(state, 'state'),
  ]);
  await rm(state, { recursive: true, force: true });
  if (code !== 0) throw new Error(`${verb} ended with ${code}:\n${stdout}${stderr}`);
  return { seconds, cpu: endedChildrenCpu() - before };
}
