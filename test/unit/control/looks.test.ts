import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Answers } from '../../../functions/control/answers.ts';
import type { FileKey } from '../../../functions/core/ids.ts';
import type { OutcomeRow } from '../../../functions/core/outcome.ts';
import { itemOf } from '../../../functions/core/outcome.ts';
import { manifestKey } from '../../../functions/evidence/manifest.ts';
import { fileFinding, finding, job, jobId } from '../../contract/samples.ts';
import { freePort } from '../../support/ports.ts';
import { far, near, openRig, type Rig } from './rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await openRig();
});
afterEach(() => rig.close());

async function allFailures(code?: 'FILE_DAMAGED', limit?: number): Promise<OutcomeRow[][]> {
  const pages: OutcomeRow[][] = [];
  for (let after: string | undefined; ; ) {
    const page = await rig.ask('failures', { ...(code && { code }), ...(limit && { limit }), ...(after && { after }) });
    pages.push([...page.rows]);
    after = page.next;
    if (after === undefined) return pages;
  }
}

test('GIVEN failures THEN they come in pages, each once, and without those that are tried again', async () => {
  const { store } = rig.state;
  await store.createJob(job({ state: 'completed-with-failures' }));
  for (let n = 0; n < 25; n += 1) await store.putFinding(finding(n));
  for (let n = 0; n < 5; n += 1) await store.putFinding(fileFinding(n));
  await store.reopenFinding(jobId(), finding(3).item, 1);
  const pages = await allFailures(undefined, 10);
  expect(pages.map((rows) => rows.length)).toEqual([10, 10, 9]);
  expect(new Set(pages.flat().map(itemOf)).size).toBe(29);
  expect((await allFailures('FILE_DAMAGED', 10)).map((rows) => rows.length)).toEqual([5]);
});

test('GIVEN failures with long names THEN no answer is larger than what an invocation may return', async () => {
  const { store } = rig.state;
  await store.createJob(job({ state: 'completed-with-failures' }));
  const name = 'ü'.repeat(10_000);
  for (let n = 0; n < 600; n += 1) {
    const file = `/dump/${String(n).padStart(4, '0')}${name}` as FileKey;
    const { row } = fileFinding(n);
    if (row.file === undefined) throw new Error('the sample is about a file');
    await store.putFinding(fileFinding(n, 1, { item: itemOf({ file }), row: { ...row, file } }));
  }
  const pages = await allFailures(undefined, 1000);
  expect(pages.flat()).toHaveLength(600);
  for (const rows of pages) expect(Buffer.byteLength(JSON.stringify(rows))).toBeLessThan(5_000_000);
});

test('GIVEN a job without evidence THEN report says so; GIVEN evidence THEN it gives a link to each file, in pages', async () => {
  const { store, objects } = rig.state;
  await store.createJob(job({ state: 'running', round: 1 }));
  expect(await rig.refusal({ type: 'report' })).toMatchObject({
    code: 'NO_EVIDENCE',
    message: 'job job-1 has no evidence yet: it is running',
  });
  const shards = Array.from({ length: 1201 }, (_, n) => ({ path: `SUCCESS/${n}.ndjson`, sha256: `${n}`, bytes: 1 }));
  await store.createJob(job({ id: jobId('job-2'), state: 'completed', createdAt: 2000 }));
  await objects.write(manifestKey(jobId('job-2')), Buffer.from(JSON.stringify({ v: 1, jobId: 'job-2', shards })));
  const found = [];
  for (let from: number | undefined = 0; from !== undefined; ) {
    const page: Answers['report'] = await rig.ask('report', { from });
    expect(page).toMatchObject({ link: 'link to jobs/job-2/manifest.json', manifest: { jobId: 'job-2' } });
    found.push(...page.shards);
    from = page.next;
  }
  expect(found).toEqual(shards.map((shard) => ({ ...shard, link: `link to jobs/job-2/${shard.path}` })));
});

test('GIVEN endpoints that are away or far THEN doctor tells of each, of queues and of jobs at work', async () => {
  const away = `http://127.0.0.1:${await freePort()}/`;
  const other = await openRig([near(away), far('b')]);
  try {
    await other.state.store.createJob(job({ state: 'completed', id: jobId('old') }));
    await other.state.store.createJob(job({ state: 'running', round: 1 }));
    expect(await other.ask('doctor', {})).toMatchObject({
      version: '9.9.9',
      endpoints: [
        { name: away, problem: { code: 'UNREACHABLE' }, gate: { state: 'open' } },
        { name: 'b', worker: true },
      ],
      queues: [{ queue: 'transfer', visible: 3, inFlight: 1 }],
      jobs: [{ id: 'job-1' }],
    });
  } finally {
    await other.close();
  }
});

test('GIVEN a job that is no smoke test THEN nothing of it is deleted', async () => {
  const study = finding(1).item as string;
  await rig.state.store.createJob(job({ options: { ...job().options, selection: { studies: [study] } } }));
  for (const id of ['job-1', 'smoke-1'])
    expect(await rig.refusal({ type: 'smoke-clean', job: id })).toMatchObject({ code: 'NO_SMOKE_TEST' });
  expect(await rig.state.store.job(jobId())).toMatchObject({ state: 'requested' });
});
