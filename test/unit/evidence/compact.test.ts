import { describe, expect, it } from '@jest/globals';
import { countRows } from '../../../functions/core/counts.ts';
import { type OutcomeRow, outcomeClass } from '../../../functions/core/outcome.ts';
import { compact } from '../../../functions/evidence/compact.ts';
import { encodeReceipt } from '../../../functions/evidence/receipt.ts';
import { chunk, instance, job, jobId, page, row } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const PAGES = 230;
const JOB = job({ state: 'finishing', round: 2 });
const FOREVER = { remainingMs: () => Number.POSITIVE_INFINITY };

/** Pages of one chunk with one instance each, the last of them in a second round. */
async function plan(objects = memoryPorts().ports.objects, even: 'TARGET_REFUSED' | 'STORED' = 'TARGET_REFUSED') {
  const ports = { ...memoryPorts().ports, objects };
  for (let n = 0; n < PAGES; n += 1) {
    const code = n % 2 ? 'STORED' : even;
    const stored: OutcomeRow = row(instance(n), { outcome: outcomeClass(code), code });
    const receipt = `jobs/job-1/receipts/${n}`;
    await ports.objects.write(receipt, encodeReceipt([stored]));
    const chunks = [chunk({ instances: 1, state: 'closed', receipt, counts: countRows([stored]) })];
    const last = n === PAGES - 1;
    await ports.store.putPage(page({ round: last ? 2 : 1, page: last ? 0 : n, chunks }));
  }
  return ports;
}

async function evidence(ports: Awaited<ReturnType<typeof plan>>) {
  const text = async (key: string) => new TextDecoder().decode(await ports.objects.read(key));
  const manifest = JSON.parse(await text('jobs/job-1/manifest.json'));
  const rows: OutcomeRow[] = [];
  for (const { path } of manifest.shards)
    rows.push(
      ...(await text(`jobs/job-1/${path}`))
        .trim()
        .split('\n')
        .map((line): OutcomeRow => JSON.parse(line)),
    );
  return { manifest, rows };
}

describe('the evidence of a long job', () => {
  it('is written part by part when time is short, and is the same in the end', async () => {
    const ports = await plan();
    const whole = await compact(ports, JOB, FOREVER);
    const expected = await evidence(ports);
    const again = await plan();
    let looks = 0;
    // Enough for one part, and then for no more.
    const brief = () => ({ remainingMs: () => (looks++ === 0 ? 600_000 : 1000) });
    let invocations = 0;
    for (let counts = undefined as unknown; counts === undefined; invocations += 1) {
      looks = 0;
      counts = await compact(again, JOB, brief());
      if (counts) expect(counts).toEqual(whole);
    }
    expect(invocations).toBe(3);
    expect(await evidence(again)).toEqual(expected);
    expect(expected.manifest.scanned).toBe(PAGES);
    expect(new Set(expected.rows.map(({ instance: id }) => id)).size).toBe(PAGES);
    expect(new Set(expected.manifest.shards.map(({ path }: { path: string }) => path)).size).toBe(6);
  });

  it('GIVEN failures that a retry has settled THEN no row of them is left in the folder', async () => {
    const ports = await plan();
    await compact(ports, JOB, FOREVER);
    const before = await evidence(ports);
    const later = await plan(ports.objects, 'STORED');
    // A retry is another round.
    await compact(later, { ...JOB, round: 3 }, FOREVER);
    const after = await evidence(later);
    expect(after.manifest.counts).toMatchObject({ success: PAGES, failure: 0 });
    const gone = before.manifest.shards.filter(
      ({ path }: { path: string }) => !after.manifest.shards.some((shard: { path: string }) => shard.path === path),
    );
    expect(gone.length).toBeGreaterThan(0);
    for (const { path } of gone) expect(await ports.objects.read(`jobs/job-1/${path}`)).toHaveLength(0);
  });

  it('is refused when rows and counters differ', async () => {
    const ports = await plan();
    await ports.objects.write('jobs/job-1/receipts/7', encodeReceipt([]));
    await expect(compact(ports, JOB, FOREVER)).rejects.toMatchObject({ code: 'EVIDENCE_INCONSISTENT' });
    await expect(ports.objects.read('jobs/job-1/manifest.json')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
    expect((await ports.store.page(jobId(), 1, 7))?.chunks[0]?.state).toBe('closed');
  });
});
