import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { tied } from '../support/daemon.ts';

export interface ChildOptions {
  /** A file of this folder. */
  readonly program: string;
  readonly nodeOptions?: readonly string[];
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Receives standard output and error. */
  readonly logFile: string;
}

/** A process of Node.js with a channel for messages, which never outlives this one. */
export async function startChild(options: ChildOptions): Promise<ChildProcess> {
  const log = openSync(options.logFile, 'a');
  const program = new URL(options.program, import.meta.url).pathname;
  const [command, args] = tied({ command: process.execPath, args: [...(options.nodeOptions ?? []), program] });
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...options.env },
    stdio: ['ignore', log, log, 'ipc'],
    serialization: 'json',
  });
  closeSync(log);
  await once(child, 'spawn');
  return child;
}

/** SIGKILL, and waits for the end. */
export async function killChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
