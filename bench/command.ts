import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endedChildrenCpu } from './cpu.ts';

const COMMAND = join(import.meta.dirname, '../bin/orthanc-migrate.ts');
/** Of its first line: with these it runs where it is installed. */
const FLAGS = /^#!.*? node (.*)/.exec(readFileSync(COMMAND, 'utf8'))?.[1]?.split(' ') ?? [];

/** Runs `orthanc-migrate replicate` or `import` as a user does, with a new state directory; how long it took, and its CPU seconds. */
export async function command(
  verb: 'replicate' | 'import',
  source: string,
  target: string,
): Promise<{ seconds: number; cpu: number }> {
  const state = await mkdtemp(join(tmpdir(), 'om-bench-'));
  const before = endedChildrenCpu();
  const begun = performance.now();
  const args = [...FLAGS, COMMAND, verb, source, target, '--state-dir', join(state, 'state')];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (said += text));
  const [code] = (await once(child, 'close')) as [number | null];
  const seconds = (performance.now() - begun) / 1000;
  await rm(state, { recursive: true, force: true });
  if (code !== 0) throw new Error(`${verb} ended with ${code}:\n${said}`);
  return { seconds, cpu: endedChildrenCpu() - before };
}
