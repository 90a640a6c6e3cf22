/**
 * What listing a large server costs, in time and in memory: must grow linearly, and not at all. Two runs for each size: the listing
 * with a target that answers no look-up in time, so that all of the plan stays open; and a whole dry run.
 * Usage: node bench/listing.ts [SIZES=250000,500000,1000000,2000000] [PER_STUDY=100]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../test/support/ports.ts';
import { isEnd, isListed, measure, rowOf } from './listing-run.ts';

const [sizes = '250000,500000,1000000,2000000', perStudy = '100'] = process.argv.slice(2);
/** Longer than any listing: nothing of the plan is closed meanwhile. */
const NEVER_MS = 3_600_000;

async function serve(instances: number, delayMs = 0): Promise<{ url: string; stop(): void }> {
  const port = await freePort();
  const args = [join(import.meta.dirname, 'listing-server.ts'), port, instances, perStudy, delayMs].map(String);
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return { url: `http://127.0.0.1:${port}/`, stop: () => void child.kill() };
}

const rows = [];
for (const instances of sizes.split(',').map(Number)) {
  const [source, idle, empty] = await Promise.all([serve(instances), serve(0, NEVER_MS), serve(0)]);
  try {
    rows.push(rowOf(instances, 'listing', await measure(source.url, idle.url, isListed(instances))));
    rows.push(rowOf(instances, 'dry run', await measure(source.url, empty.url, isEnd)));
  } finally {
    for (const server of [source, idle, empty]) server.stop();
  }
}
console.table(rows);
