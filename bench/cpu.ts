import { readFileSync } from 'node:fs';

// USER_HZ, in which Linux reports CPU times to programs on all its usual architectures.
const TICKS_PER_SECOND = 100;

/** CPU seconds, user and system, of all child processes of this one that have ended and were waited for. */
export function endedChildrenCpu(): number {
  const text = readFileSync('/proc/self/stat', 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

/** CPU seconds of this process. */
export function ownCpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** How long something takes, and the CPU seconds that this process spends on it. */
export async function ownCpuOf(work: () => Promise<void>): Promise<{ seconds: number; cpu: number }> {
  const before = ownCpu();
  const begun = performance.now();
  await work();
  return { seconds: (performance.now() - begun) / 1000, cpu: ownCpu() - before };
}
