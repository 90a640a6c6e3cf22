import type { JobId } from './ids.ts';
import type { PlanPage } from './plan.ts';
import type { JobStore } from './ports.ts';

const PAGES_AT_ONCE = 20;

/** The pages of one round from this number on, in order. */
export async function* pagesOfRound(
  store: Pick<JobStore, 'pages'>,
  job: JobId,
  round: number,
  from = 0,
): AsyncGenerator<PlanPage> {
  for (let at = from; ; at += PAGES_AT_ONCE) {
    const pages = await store.pages(job, round, at, PAGES_AT_ONCE);
    yield* pages;
    if (pages.length < PAGES_AT_ONCE) return;
  }
}

/** The pages of all rounds up to this one, in order. */
export async function* pagesUpTo(
  store: Pick<JobStore, 'pages'>,
  job: JobId,
  lastRound: number,
): AsyncGenerator<PlanPage> {
  for (let round = 1; round <= lastRound; round += 1) yield* pagesOfRound(store, job, round);
}
