import { expect, test } from '@jest/globals';
import { attemptChunk } from '../../../functions/attempt/attempt.ts';
import { TransferWorker } from '../../../functions/attempt/worker.ts';
import { MigrationError } from '../../../functions/core/errors.ts';
import type { Servers } from '../../../functions/orthanc/server.ts';
import { checkpoint, job, jobId, page } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const REF = { job: jobId(), round: 1, page: 0, chunk: 0 };

async function attempted(error: Error) {
  const { ports } = memoryPorts();
  await ports.store.createJob(job({ state: 'running', round: 1 }));
  await ports.store.createCheckpoint(checkpoint());
  await ports.store.putPage(page());
  const servers = { server: () => Promise.reject(error) } as Partial<Servers> as Servers;
  const worker = new TransferWorker(ports, servers);
  const attempt = attemptChunk(worker, REF, { remainingMs: () => 300_000 }, async () => undefined);
  await expect(attempt).rejects.toBe(error);
  return (await ports.store.page(jobId(), 1, 0))?.chunks[0];
}

test('GIVEN a secret that cannot be read for a moment THEN the attempt comes back and has not died', async () => {
  const error = new MigrationError('SECRET_UNREADABLE', 'away');
  expect(await attempted(error)).toMatchObject({ started: 1, returned: 1, crashes: 0, state: 'planned' });
});

test('GIVEN a mistake of ours THEN the attempt counts as one that died', async () => {
  expect(await attempted(new TypeError('a mistake'))).toMatchObject({ started: 1, returned: 0, state: 'planned' });
});
