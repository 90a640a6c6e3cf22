import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition; raises after so many seconds. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, seconds = 60): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain for: ${what}`);
    await sleep(20);
  }
}
