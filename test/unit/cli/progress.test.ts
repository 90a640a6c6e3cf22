import { describe, expect, test } from '@jest/globals';
import { blockedLine, blockedReason, blockLines, plainLines } from '../../../cli/progress/lines.ts';
import { Meter } from '../../../cli/progress/meter.ts';
import { SlidingWindow } from '../../../cli/progress/window.ts';
import type { RunProgress } from '../../../cli/runtime/observe.ts';
import { NO_COUNTS } from '../../../functions/core/counts.ts';
import type { EndpointName, JobId } from '../../../functions/core/ids.ts';
import type { Job } from '../../../functions/core/job.ts';
import type { Gate } from '../../../functions/core/ports.ts';

const SOURCE = 'http://source:8042/' as EndpointName;
const job: Job = {
  v: 1,
  id: '20261123-145012-7f3a' as JobId,
  revision: 1,
  kind: 'replicate',
  source: SOURCE,
  target: 'http://target:8042/' as EndpointName,
  options: { selection: {}, check: 'md5', conflict: 'keep-target', maxWaitMs: 1000 },
  state: 'running',
  round: 1,
  createdAt: 0,
  updatedAt: 0,
  settled: NO_COUNTS,
  harvested: { pages: 0, counts: NO_COUNTS },
  resumedAt: 0,
  baseline: { failure: 0, final: 0 },
};

function look(now: number, changes: Partial<RunProgress> = {}): RunProgress {
  return {
    job,
    checkpoint: undefined,
    counts: NO_COUNTS,
    planned: { instances: 1000, bytes: 1e6 },
    open: { instances: 1000, bytes: 1e6 },
    listing: false,
    blocked: [],
    now,
    live: { instances: 0, bytes: 0, running: 4, limit: 8 },
    ...changes,
  };
}

const sent = (instances: number, bytes: number) => ({ live: { instances, bytes, running: 4, limit: 8 } });

describe('SlidingWindow', () => {
  test('gives growth per second, and forgets what is long ago', () => {
    const window = new SlidingWindow();
    expect(window.perSecond(0)).toBe(0);
    for (let second = 0; second <= 60; second += 1) window.add(second * 1000, [second < 30 ? 0 : (second - 30) * 10]);
    expect(window.perSecond(0)).toBeCloseTo(10);
  });
});

describe('Meter', () => {
  test('counts what is sent before its chunk is closed, and not twice afterwards', () => {
    const meter = new Meter(0);
    meter.look(look(0));
    expect(meter.look(look(1000, sent(150, 150_000))).instances).toMatchObject({ done: 150, total: 1000 });
    const counts = { ...NO_COUNTS, success: 100, sent: 100, sentBytes: 100_000, finalBytes: 100_000 };
    const closed = { counts, open: { instances: 900, bytes: 900_000 }, ...sent(150, 150_000) };
    expect(meter.look(look(2000, closed)).instances).toMatchObject({ done: 150, total: 1000 });
  });

  test('says nothing of the end while the source is listed, then tells it from instances and bytes', () => {
    const meter = new Meter(0);
    meter.look(look(0));
    expect(meter.look(look(5000, { listing: true, ...sent(100, 500_000) }))).not.toHaveProperty('etaMs');
    // 20 instances and 100 kB a second; 900 instances and 500 kB are left: the instances take longer.
    expect(meter.look(look(5000, sent(100, 500_000))).etaMs).toBeCloseTo(45_000);
  });

  test('does not take an outage for slowness', () => {
    const gate: Gate = {
      endpoint: SOURCE,
      revision: 1,
      state: 'closed',
      probes: 1,
      blockedSince: 5000,
      probeAt: 60_000,
    };
    const meter = new Meter(0);
    meter.look(look(0));
    meter.look(look(5000, sent(500, 500_000)));
    const blocked = meter.look(look(59_000, { blocked: [gate], ...sent(500, 500_000) }));
    expect(blocked.blocked).toMatchObject([{ side: 'source', since: 5000, nextTryAt: 60_000 }]);
    expect(blocked).not.toHaveProperty('etaMs');
    meter.look(look(60_000, sent(500, 500_000)));
    expect(meter.look(look(61_000, sent(600, 600_000))).instances.perSecond).toBeCloseTo(50);
  });
});

describe('lines', () => {
  const meter = new Meter(0);
  meter.look(look(0));
  const counts = { ...NO_COUNTS, success: 123_456, alreadyThere: 23_456, failure: 12, warning: 34, unsettled: 56 };
  const shown = meter.look(
    look(9000, { counts, open: { instances: 1_000_000, bytes: 3e11 }, ...sent(100_000, 2.5e10), listing: true }),
  );

  test('of a terminal fit it', () => {
    for (const columns of [100, 80, 60])
      for (const line of blockLines(shown, columns, 9000)) expect(line.length).toBeLessThan(columns);
    expect(blockLines(shown, 100, 9000)[0]).toContain('of at least 1,123,558 instances');
  });

  test('elsewhere are no longer than 100 columns', () => {
    const [first = '', second = ''] = plainLines(shown);
    expect(first).toMatch(/^transferring: 223,502 of at least 1,123,558 instances, 25\.0 GB, /);
    expect(second).toContain('12 failed, 34 with a warning, 56 to be tried again');
    expect(Math.max(first.length, second.length)).toBeLessThanOrEqual(100);
  });

  test('say why it waits, since when, and until when', () => {
    const blocked = { endpoint: SOURCE, side: 'source', code: 'FULL', message: 'no room', since: 1000 } as const;
    expect(blockedLine({ ...blocked, nextTryAt: 12_500 }, 5000)).toMatch(
      /^blocked: FULL since .* \(next try in 8 s\)$/,
    );
    expect(blockedLine(blocked, 5000)).toContain('(trying now)');
    expect(blockedReason(blocked)).toBe('source http://source:8042/: no room');
  });
});
