import { describe, expect, it } from '@jest/globals';
import { redrive } from '../../../functions/supervise/redrive.ts';
import { requestJob } from '../../../functions/supervise/requests.ts';
import { finding, instance, job, jobId } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const MESSAGE = { job: jobId(), round: 1, item: instance(1) };

async function ended(state: 'completed-with-failures' | 'running' = 'completed-with-failures') {
  const rig = memoryPorts();
  await rig.ports.store.createJob(job({ state, round: 1 }));
  await rig.ports.store.putFinding(finding(1));
  await rig.ports.store.putFinding(finding(2));
  return rig;
}

describe('a failure whose message comes back from the dead-letter queue', () => {
  it('opens a round of its job for what was redriven alone, which waits for the rest', async () => {
    const { ports, clock } = await ended();
    await redrive(ports, MESSAGE);
    expect(await ports.store.job(jobId())).toMatchObject({ state: 'running', round: 2, retry: { redriven: true } });
    const checkpoint = await ports.store.checkpoint(jobId(), 2);
    expect(checkpoint).toMatchObject({ kind: 'retry', cursor: { stage: 'start' } });
    expect(checkpoint?.notBefore).toBeGreaterThan(clock.now());
    expect((await ports.store.finding(jobId(), instance(1)))?.redriven).toBe(true);
    expect((await ports.store.finding(jobId(), instance(2)))?.redriven).toBeUndefined();
  });

  it('joins a round that was opened a moment ago', async () => {
    const { ports } = await ended();
    await redrive(ports, MESSAGE);
    await redrive(ports, { ...MESSAGE, item: instance(2) });
    expect((await ports.store.finding(jobId(), instance(2)))?.redriven).toBe(true);
    expect((await ports.store.job(jobId()))?.round).toBe(2);
  });

  it('comes again later while the job is at work, and the same message twice does no harm', async () => {
    const { ports } = await ended('running');
    for (const _ of [1, 2])
      await expect(redrive(ports, MESSAGE)).rejects.toMatchObject({ code: 'JOB_NOT_ENDED', delaySeconds: 60 });
    expect((await ports.store.job(jobId()))?.round).toBe(1);
  });

  it('is left alone when the failure is of another round, is tried again already, or was never there', async () => {
    const { ports } = await ended();
    await ports.store.reopenFinding(jobId(), instance(2), 1);
    for (const message of [
      { ...MESSAGE, round: 3 },
      { ...MESSAGE, item: instance(2) },
      { ...MESSAGE, item: instance(9) },
      { ...MESSAGE, job: jobId('unknown') },
    ])
      await redrive(ports, message);
    expect(await ports.store.job(jobId())).toMatchObject({ state: 'completed-with-failures', round: 1 });
  });

  it('is no matter for a job of the same id that never failed', async () => {
    const { ports } = memoryPorts();
    const { kind, source, target, options } = job();
    await requestJob(ports, { id: jobId(), kind, source, target, options });
    await redrive(ports, MESSAGE);
    expect((await ports.store.job(jobId()))?.state).toBe('requested');
  });
});
