import { expect, test } from '@jest/globals';
import { NO_COUNTS } from '../../../functions/core/counts.ts';
import { CHUNK_INSTANCES } from '../../../functions/core/plan.ts';
import type { Finding, Ports } from '../../../functions/core/ports.ts';
import { encodeReceipt } from '../../../functions/evidence/receipt.ts';
import { harvest } from '../../../functions/supervise/harvest.ts';
import { checkpoint, chunk, finding, job, jobId, page } from '../../contract/samples.ts';
import { bodies, memoryPorts } from '../../support/memory-ports.ts';

/** A page whose every instance has failed, and how it is asked about and written. */
async function failedPage() {
  const { ports, queues } = memoryPorts();
  const rows = Array.from({ length: CHUNK_INSTANCES }, (_, n) => finding(n).row);
  const counts = { ...NO_COUNTS, failure: rows.length };
  await ports.store.createJob(job({ state: 'running', round: 1 }));
  await ports.store.putPage(page({ page: 0, chunks: [chunk()] }));
  await ports.objects.write('receipt', encodeReceipt(rows));
  await ports.store.closeChunk({ job: jobId(), round: 1, page: 0, chunk: 0 }, { receipt: 'receipt', counts });
  const seen = { atOnce: 0, most: 0, sends: 0 };
  const putFinding = async (one: Finding) => {
    seen.atOnce += 1;
    seen.most = Math.max(seen.most, seen.atOnce);
    await new Promise(setImmediate);
    seen.atOnce -= 1;
    return ports.store.putFinding(one);
  };
  const store = new Proxy(ports.store, {
    get: (target, name) => {
      const member: unknown = name === 'putFinding' ? putFinding : Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const deadLetter = new Proxy(queues.deadLetter, {
    get: (target, name) => {
      if (name === 'send') seen.sends += 1;
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const watched: Ports = { ...ports, store, queues: { ...ports.queues, deadLetter } };
  const tick = async () => harvest(watched, (await ports.store.job(jobId())) ?? job(), checkpoint({ nextPage: 1 }));
  return { tick, seen, store: ports.store, deadLetters: () => bodies(queues.deadLetter) };
}

// One by one, each at some 20 ms on AWS, the ten thousand of a page would outlast the invocation, and be begun anew by the next for ever.
test('GIVEN a page that failed altogether THEN its failures are kept side by side, and put aside with one send for each receipt', async () => {
  const { tick, seen, store, deadLetters } = await failedPage();
  expect((await tick()).job.harvested.pages).toBe(1);
  expect(await store.findings(jobId(), undefined, 1000)).toHaveLength(CHUNK_INSTANCES);
  expect(deadLetters()).toHaveLength(CHUNK_INSTANCES);
  expect(seen.most).toBeGreaterThan(8);
  expect(seen.most).toBeLessThan(50);
  expect(seen.sends).toBe(1);
});
