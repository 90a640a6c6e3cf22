import { expect, test } from '@jest/globals';
import { attemptChunk } from '../../../functions/attempt/attempt.ts';
import type { Process } from '../../../functions/attempt/process.ts';
import { TransferWorker } from '../../../functions/attempt/worker.ts';
import { MigrationError, Postponed } from '../../../functions/core/errors.ts';
import { encodePage } from '../../../functions/core/packing.ts';
import { wait } from '../../../functions/core/verdict.ts';
import { OrthancError } from '../../../functions/orthanc/errors.ts';
import type { Servers } from '../../../functions/orthanc/server.ts';
import { checkpoint, instance, job, jobId, page } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const { target: TARGET } = job();
const REF = { job: jobId(), round: 1, page: 0, chunk: 0 };

async function attempted(error: Error) {
  const { ports } = memoryPorts();
  await ports.store.createJob(job({ state: 'running', round: 1 }));
  await ports.store.createCheckpoint(checkpoint());
  await ports.store.putPage(page());
  const servers = { server: () => Promise.reject(error) } as Partial<Servers> as Servers;
  const worker = new TransferWorker(ports, servers);
  const attempt = attemptChunk(worker, REF, { remainingMs: () => 300_000 }, async () => undefined);
  const raised: unknown = await attempt.catch((reason: unknown) => reason);
  return { raised, chunk: (await ports.store.page(jobId(), 1, 0))?.chunks[0], gate: await ports.store.gate(TARGET) };
}

test('GIVEN a store that cannot be had for a moment THEN the attempt comes back and has not died', async () => {
  const error = new MigrationError('STORE_UNAVAILABLE', 'away');
  const { raised, chunk, gate } = await attempted(error);
  expect(raised).toBe(error);
  expect(chunk).toMatchObject({ started: 1, returned: 1, crashes: 0, state: 'planned' });
  expect(gate.state).toBe('open');
});

test('GIVEN a bucket that is busy THEN the attempt comes back when that says, and has not died', async () => {
  const error = new Postponed('BUCKET_BUSY', 'the bucket does not answer as it should', 30);
  const { raised, chunk } = await attempted(error);
  expect(raised).toBe(error);
  expect(chunk).toMatchObject({ started: 1, returned: 1, crashes: 0, state: 'planned' });
});

test('GIVEN an error while an attempt has the target to itself THEN others may use it at once', async () => {
  const { ports, clock } = memoryPorts();
  await ports.store.createJob(job({ state: 'running', round: 1 }));
  await ports.store.createCheckpoint(checkpoint());
  const { body, states } = encodePage([[{ id: instance(1), study: instance(9), size: 1000 }]]);
  await ports.store.putPage(page({ chunks: states.map((state) => ({ ...state, crashes: 2 })) }));
  await ports.objects.write(page().object, body);
  const servers = { server: async () => ({ name: 'stub' }) } as unknown as Servers;
  const worker = new TransferWorker(ports, servers);
  const process: Process = async (_attempt, _entries, watch) => {
    await watch?.before(instance(1));
    const { exclusive } = await ports.store.gate(TARGET);
    expect(exclusive?.until).toBeGreaterThan(clock.now());
    throw new MigrationError('STORE_UNAVAILABLE', 'away');
  };
  await expect(attemptChunk(worker, REF, { remainingMs: () => 300_000 }, process)).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
  });
  expect((await ports.store.gate(TARGET)).exclusive).toBeUndefined();
  expect((await ports.store.page(jobId(), 1, 0))?.chunks[0]).toMatchObject({ started: 1, returned: 1 });
});

test('GIVEN a server that takes no work before anything was asked of it THEN its gate closes and the chunk comes back', async () => {
  const { raised, chunk, gate } = await attempted(
    new OrthancError(TARGET, 'target', wait('target', 'SECRET_UNREADABLE'), 'its secret is gone', {}),
  );
  expect(raised).toMatchObject({ name: 'Postponed', code: 'BLOCKED', message: 'its secret is gone' });
  expect(chunk).toMatchObject({ started: 1, returned: 1, crashes: 0, state: 'planned' });
  expect(gate).toMatchObject({ state: 'closed', code: 'SECRET_UNREADABLE', message: 'its secret is gone' });
});

test('GIVEN a mistake of ours THEN the attempt counts as one that died', async () => {
  const error = new TypeError('a mistake');
  const { raised, chunk } = await attempted(error);
  expect(raised).toBe(error);
  expect(chunk).toMatchObject({ started: 1, returned: 0, state: 'planned' });
});
