import { expect, test } from '@jest/globals';
import { openDatabase } from '../../../cli/local/database.ts';
import { SqliteJobStore } from '../../../cli/local/job-store.ts';
import { NO_COUNTS } from '../../../functions/core/counts.ts';
import type { Ports } from '../../../functions/core/ports.ts';
import { harvest } from '../../../functions/supervise/harvest.ts';
import { checkpoint, chunk, job, jobId, page } from '../../contract/samples.ts';

const PAGES = 500;
const counts = { ...NO_COUNTS, success: 2 };

async function longPlan() {
  const store = new SqliteJobStore(openDatabase(':memory:'));
  const ports = { store, clock: { now: () => 5000 } } as unknown as Ports;
  await store.createJob(job({ state: 'running', round: 1 }));
  for (let number = 0; number < PAGES; number += 1) await store.putPage(page({ page: number, chunks: [chunk()] }));
  const close = (number: number) =>
    store.closeChunk({ job: jobId(), round: 1, page: number, chunk: 0 }, { receipt: 'receipt', counts });
  const tick = async () => {
    const stored = await store.job(jobId());
    return harvest(ports, stored ?? job(), checkpoint({ nextPage: PAGES }));
  };
  return { close, tick };
}

test('GIVEN hundreds of open pages THEN a tick looks at the first of them alone', async () => {
  const { tick } = await longPlan();
  const { open } = await tick();
  expect(open.length).toBeLessThan(PAGES / 5);
  expect(open.map(({ page }) => page)).toEqual(open.map((_, index) => index));
});

test('GIVEN pages that close in any order THEN ticks move on until all are summed up', async () => {
  const { close, tick } = await longPlan();
  for (let number = PAGES - 1; number > 0; number -= 1) await close(number);
  expect((await tick()).job.harvested).toEqual({ pages: 0, counts: NO_COUNTS });
  await close(0);
  expect((await tick()).job.harvested).toEqual({ pages: PAGES, counts: { ...counts, success: 2 * PAGES } });
});
