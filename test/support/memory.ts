import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Started } from './command-line.ts';

const SAMPLE_MS = 20;

/** The most memory that a command had resident, in bytes: as the kernel kept it, looked at until the command ends. */
export async function peakOf({ child, ended }: Started): Promise<number> {
  let peak = 0;
  let running = true;
  void ended.finally(() => (running = false));
  while (running) {
    const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
    // A process that has ended, but is not waited for yet, has no such line.
    peak = Math.max(peak, Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024);
    await sleep(SAMPLE_MS);
  }
  return peak;
}
