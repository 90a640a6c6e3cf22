/** Runs `orthanc-migrate` as a process of its own, as its users do. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export const PROGRAM = join(import.meta.dirname, '../../bin/orthanc-migrate.ts');

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What was written so far. */
  stdout(): string;
  stderr(): string;
}

export type Environment = Readonly<Record<string, string>>;

export function start(args: readonly string[], env: Environment = {}): Started {
  // Jest's own options are not for others.
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return collected(child);
}

/** Collects what a process that was begun just now writes. */
export function collected(child: ChildProcessByStdio<null, Readable, Readable>): Started {
  const begun = performance.now();
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (piece) => (output.stdout += piece));
  child.stderr.on('data', (piece) => (output.stderr += piece));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve({ ...output, code, signal, seconds: (performance.now() - begun) / 1000 }),
    );
  });
  return { child, ended, stdout: () => output.stdout, stderr: () => output.stderr };
}

export function run(args: readonly string[], env: Environment = {}): Promise<Ended> {
  return start(args, env).ended;
}

export type Event = Readonly<Record<string, unknown>>;

/** The objects of NDJSON, as far as the lines are complete. */
export function events(stdout: string): Event[] {
  return stdout
    .slice(0, stdout.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Event);
}

/** The last event of `replicate --json`. */
export interface EndEvent {
  readonly job: string;
  readonly state: string;
  readonly reason?: { readonly code: string; readonly message: string };
  readonly rounds: number;
  readonly scanned: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly codes: Readonly<Record<string, { readonly instances: number }>>;
  readonly durationMs: number;
  /** Folder of the evidence, once the job has completed. */
  readonly evidence: string;
  readonly exitCode: number;
}

/** Raises what the command printed when it has no last event. */
export function endOf(ended: Ended): EndEvent {
  const last = events(ended.stdout).at(-1);
  if (last?.event !== 'end')
    throw new Error(`ended with ${ended.code}:\n${ended.stdout.slice(-2000)}\n${ended.stderr}`);
  return last as unknown as EndEvent;
}

export interface StateDirectory {
  /** Does not exist yet. */
  readonly path: string;
  remove(): Promise<void>;
}

export async function stateDirectory(): Promise<StateDirectory> {
  const parent = await mkdtemp(join(tmpdir(), 'om-state-'));
  return { path: join(parent, 'state'), remove: () => rm(parent, { recursive: true, force: true }) };
}
