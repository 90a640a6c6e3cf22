/** Runs the command line as a process of its own, as its users do. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningOrthanc } from '../../support/orthanc.ts';

export const PROGRAM = join(import.meta.dirname, '../../../bin/orthanc-migrate.ts');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What was written to standard error so far. */
  stderr(): string;
}

export type Environment = Readonly<Record<string, string>>;

export function start(args: readonly string[], env: Environment = {}): Started {
  const begun = performance.now();
  // Jest's own options are not for others.
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (piece) => (output.stdout += piece));
  child.stderr.on('data', (piece) => (output.stderr += piece));
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code) => resolve({ ...output, code, seconds: (performance.now() - begun) / 1000 })),
  );
  return { child, ended, stderr: () => output.stderr };
}

export async function run(args: readonly string[], env: Environment = {}): Promise<Ended> {
  return start(args, env).ended;
}

/** The objects of NDJSON output. */
export function events({ stdout }: Ended): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

/** A directory that is not there yet, in one that goes away with `remove`. */
export async function temporary(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const parent = await mkdtemp(join(tmpdir(), 'om-cli-'));
  return { path: join(parent, 'state'), remove: () => rm(parent, { recursive: true, force: true }) };
}

export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain for: ${what}`);
    await sleep(20);
  }
}

/** How many instances a server holds. */
export async function held({ url, headers }: RunningOrthanc): Promise<number> {
  const statistics = (await (await fetch(`${url}statistics`, { headers })).json()) as { CountInstances: number };
  return statistics.CountInstances;
}
