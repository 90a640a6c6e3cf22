/** Runs a dry run and looks at the time, the memory and the processor time that it takes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const PROGRAM = join(import.meta.dirname, '../dist/orthanc-migrate.js');

export interface Progress {
  readonly event: string;
  readonly atLeast?: boolean;
  readonly instances?: { readonly total: number };
}

/** What the kernel says of a process that runs. */
function usage({ pid }: ChildProcess): { megabytes: number; cpuSeconds: number } {
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { megabytes: Math.round(Number(peak) / 1024), cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 };
}

export interface Listed {
  readonly seconds: number;
  readonly megabytes: number;
  readonly cpuSeconds: number;
}

/** Runs a dry run until `enough`, which sees each progress event. */
export async function measure(
  source: string,
  target: string,
  enough: (progress: Progress) => boolean,
): Promise<Listed> {
  const state = await mkdtemp(join(tmpdir(), 'om-listing-'));
  const args = [PROGRAM, 'replicate', source, target];
  const begun = performance.now();
  const child = spawn(process.execPath, [...args, '--dry-run', '--json', '--state-dir', join(state, 'state')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = usage(child);
  // After its end there is nothing to look at.
  const sampling = setInterval(() => {
    if (child.exitCode === null) last = usage(child);
  }, 100);
  const exited = once(child, 'exit');
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      if (enough(JSON.parse(line) as Progress)) break;
    }
    if (child.exitCode === null) last = usage(child);
    return { seconds: (performance.now() - begun) / 1000, ...last };
  } finally {
    clearInterval(sampling);
    child.kill('SIGKILL');
    await exited;
    await rm(state, { recursive: true, force: true });
  }
}

/** Until the last instance is planned. */
export function isListed(instances: number): (progress: Progress) => boolean {
  return ({ event, atLeast, instances: shown }) => event === 'progress' && !atLeast && shown?.total === instances;
}

export function isEnd({ event }: Progress): boolean {
  return event === 'end';
}

/** For a table. */
export function rowOf(instances: number, what: string, { seconds, cpuSeconds, megabytes }: Listed) {
  return {
    instances,
    what,
    seconds: Number(seconds.toFixed(1)),
    'µs/instance': Number(((seconds * 1e6) / instances).toFixed(1)),
    'CPU s': cpuSeconds,
    'resident MB at most': megabytes,
  };
}
