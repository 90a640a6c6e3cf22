import { describe, expect, it } from '@jest/globals';
import type { ChunkState } from '../../../functions/core/plan.ts';
import { idleTest } from '../../../functions/supervise/idle.ts';
import { DEFAULT_SETTINGS } from '../../../functions/supervise/settings.ts';
import { chunk, job, page } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const MINUTE = 60_000;
const SETTINGS = { ...DEFAULT_SETTINGS, idleAfterMs: 30 * MINUTE, longestAttemptMs: 6 * MINUTE };

/** Whether a chunk is idle; times in minutes before now. */
async function isIdle(wanted: Partial<ChunkState>, { others = [] as ChunkState[], waiting = 1, resumedAt = 0 } = {}) {
  const { ports, queues, clock } = memoryPorts();
  const now = clock.now();
  const ago = (minutes: number | undefined) => (minutes === undefined ? {} : now - minutes * MINUTE);
  const placed = (state: Partial<ChunkState>) =>
    chunk({
      ...state,
      ...(state.queuedAt !== undefined && { queuedAt: ago(state.queuedAt) as number }),
      ...(state.touchedAt !== undefined && { touchedAt: ago(state.touchedAt) as number }),
    });
  for (let n = 0; n < waiting; n += 1) await queues.transfer.send([{ body: '{}' }]);
  const own = placed(wanted);
  const open = [page({ chunks: [own, ...others.map(placed)] })];
  return idleTest(ports, SETTINGS, job({ resumedAt: resumedAt && now - resumedAt * MINUTE }), open)(own);
}

describe('a chunk is queued again', () => {
  it('when its message must be lost: nothing is left in the queue', async () => {
    expect(await isIdle({ queuedAt: 31 }, { waiting: 0 })).toBe(true);
    expect(await isIdle({ queuedAt: 29 }, { waiting: 0 })).toBe(false);
  });

  it('when others that were queued much later were begun', async () => {
    const later = chunk({ queuedAt: 10, touchedAt: 5, started: 1 });
    expect(await isIdle({ queuedAt: 60 }, { others: [later] })).toBe(true);
    expect(await isIdle({ queuedAt: 39 }, { others: [later] })).toBe(false);
  });

  it('when its attempt began longer ago than any attempt takes', async () => {
    expect(await isIdle({ queuedAt: 8, touchedAt: 7, started: 1 })).toBe(true);
    expect(await isIdle({ queuedAt: 8, touchedAt: 5, started: 1 })).toBe(false);
    expect(await isIdle({ queuedAt: 8, touchedAt: 7, started: 1, returned: 1 })).toBe(false);
  });

  it('when it was dropped while its job did not run', async () => {
    expect(await isIdle({ queuedAt: 3 }, { resumedAt: 2 })).toBe(true);
  });

  it('and not because the queue of a large plan is long', async () => {
    expect(await isIdle({ queuedAt: 5000 }, { others: [chunk({ queuedAt: 4999, touchedAt: 1, started: 1 })] })).toBe(
      false,
    );
  });

  it('and never when it is closed, or was never queued', async () => {
    expect(await isIdle({ state: 'closed', queuedAt: 5000 }, { waiting: 0 })).toBe(false);
    expect(await isIdle({}, { waiting: 0, resumedAt: 1 })).toBe(false);
  });
});
