/**
 * What listing a large server costs, in time and in memory: must grow linearly, and not at all. Two runs for each size: the listing
 * with a target that answers no look-up in time, so that all of the plan stays open; and a whole dry run.
 * Usage: node bench/listing.ts [SIZES=250000,500000,1000000,2000000] [PER_STUDY=100]
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../test/support/ports.ts';

const [sizes = '250000,500000,1000000,2000000', perStudy = '100'] = process.argv.slice(2);
/** Longer than any listing: nothing of the plan is closed meanwhile. */
const NEVER_MS = 3_600_000;
const file = (name: string) => join(import.meta.dirname, name);

interface Progress {
  readonly event: string;
  readonly atLeast?: boolean;
  readonly phase?: string;
  readonly instances?: { readonly total: number };
}

async function serve(instances: number, delayMs = 0): Promise<{ url: string; stop(): void }> {
  const port = await freePort();
  const args = [file('listing-server.ts'), port, instances, perStudy, delayMs].map(String);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return { url: `http://127.0.0.1:${port}/`, stop: () => void child.kill() };
}

/** What the kernel says of a process that runs. */
function usage({ pid }: ChildProcess): { megabytes: number; cpuSeconds: number } {
  const peak = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { megabytes: Math.round(Number(peak) / 1024), cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100 };
}

interface Listed {
  readonly seconds: number;
  readonly megabytes: number;
  readonly cpuSeconds: number;
}

/** Runs a dry run until `enough`, which sees each progress event. */
async function measure(source: string, target: string, enough: (progress: Progress) => boolean): Promise<Listed> {
  const state = await mkdtemp(join(tmpdir(), 'om-listing-'));
  const args = [file('../bin/orthanc-migrate.ts'), 'replicate', source, target];
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

const rows = [];
for (const instances of sizes.split(',').map(Number)) {
  const [source, idle, empty] = await Promise.all([serve(instances), serve(0, NEVER_MS), serve(0)]);
  try {
    const listing = await measure(
      source.url,
      idle.url,
      ({ event, atLeast, instances: shown }) => event === 'progress' && !atLeast && shown?.total === instances,
    );
    const dryRun = await measure(source.url, empty.url, ({ event }) => event === 'end');
    for (const [what, { seconds, cpuSeconds, megabytes }] of Object.entries({ listing, dryRun }))
      rows.push({
        instances,
        what,
        seconds: Number(seconds.toFixed(1)),
        'µs/instance': Number(((seconds * 1e6) / instances).toFixed(1)),
        'CPU s': cpuSeconds,
        'resident MB at most': megabytes,
      });
  } finally {
    for (const server of [source, idle, empty]) server.stop();
  }
}
console.table(rows);
