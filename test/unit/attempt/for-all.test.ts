import { expect, test } from '@jest/globals';
import { forAll } from '../../../functions/attempt/for-all.ts';
import { withinLimits } from '../../../functions/attempt/within-limits.ts';
import { type Attempt, TransferWorker } from '../../../functions/attempt/worker.ts';
import type { Servers } from '../../../functions/orthanc/server.ts';
import { instance, job } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const TRANSFERS = 3;

test('GIVEN one of many sends that fails THEN those on their way are waited for, and no other is begun', async () => {
  const { ports } = memoryPorts();
  const pool = new TransferWorker(ports, {} as Servers).pool(job().target);
  pool.configure({ endpoint: job().target, revision: 0, transfers: TRANSFERS, inflightBytes: 1e9 });
  const attempt = { pool, hasFailed: false, deadline: { remainingMs: () => 60_000 } } as Partial<Attempt> as Attempt;
  const broken = new Error('no outcome');
  let [begun, ended] = [0, 0];
  const sent = forAll(
    attempt,
    Array.from({ length: 20 }, (_, index) => index),
    async (index) => {
      await withinLimits(attempt, instance(index), 1000, undefined, async () => {
        begun += 1;
        await new Promise((resolve) => setTimeout(resolve, index === 1 ? 1 : 10));
        ended += 1;
        if (index === 1) throw broken;
        return { kind: 'given-up' };
      });
    },
  );
  await expect(sent).rejects.toBe(broken);
  expect(ended).toBe(begun);
  // Whoever waited for a place gives up as soon as it has it.
  expect(begun).toBe(TRANSFERS);
});
