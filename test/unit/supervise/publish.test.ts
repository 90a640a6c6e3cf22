import { describe, expect, it } from '@jest/globals';
import { closeGate } from '../../../functions/core/gates.ts';
import type { EndpointName } from '../../../functions/core/ids.ts';
import { isOpen, type Job } from '../../../functions/core/job.ts';
import { publishNews } from '../../../functions/supervise/publish.ts';
import { job, jobId, TARGET } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

async function told(over: Partial<Job>, times = 1) {
  const rig = memoryPorts();
  await rig.ports.store.createJob(job(over));
  for (let n = 0; n < times; n += 1) await publishNews(rig.ports, jobId());
  return rig;
}

describe('what is published of a job', () => {
  it.each([
    ['completed', 'completed'],
    ['completed-with-failures', 'completed'],
    ['failed', 'failed'],
    ['stopped', 'failed'],
  ] as const)('%s is published once, as %s', async (state, type) => {
    const reason = { code: 'SOME_CODE', message: 'why' };
    const { events, ports } = await told({ state, endedAt: 5, reason }, 3);
    expect(events).toMatchObject([{ type, job: jobId(), state, reason }]);
    expect(isOpen((await ports.store.job(jobId())) ?? job())).toBe(false);
  });

  it('where nobody listens, an end counts as told, and the job is no longer open', async () => {
    const { ports } = memoryPorts();
    const { events: _nobody, ...deaf } = ports;
    await ports.store.createJob(job({ state: 'completed', endedAt: 5 }));
    expect(await ports.store.openJobs()).toHaveLength(1);
    await publishNews(deaf, jobId());
    expect(await ports.store.openJobs()).toEqual([]);
  });

  it.each([
    { state: 'cancelled', endedAt: 5 },
    { state: 'stopped', endedAt: 5, reason: { code: 'PAUSED', message: 'paused' } },
    { state: 'running' },
  ] as const)('what its user did, and that it runs, is no news: %p', async (over) => {
    expect((await told(over)).events).toEqual([]);
  });

  it('an import does not tell what it reads: a key may be called after a patient', async () => {
    const source = 's3://dumps/DOE^JOHN/1.dcm' as EndpointName;
    const { events } = await told({ kind: 'import', source, state: 'completed', endedAt: 5 });
    expect(events).toMatchObject([{ type: 'completed', kind: 'import', target: TARGET }]);
    expect(JSON.stringify(events)).not.toContain('DOE');
  });

  it('each outage is published once', async () => {
    const { ports, events, clock } = await told({ state: 'running' });
    for (const _ of ['one outage', 'another']) {
      await closeGate(ports, TARGET, 'UNREACHABLE', 'target is away');
      await publishNews(ports, jobId());
      await publishNews(ports, jobId());
      const { blockedSince: _since, ...gate } = await ports.store.gate(TARGET);
      await ports.store.updateGate({ ...gate, state: 'open' });
      await publishNews(ports, jobId());
      await clock.advance(60_000);
    }
    expect(events.map(({ type, reason }) => [type, reason?.code])).toEqual([
      ['blocked', 'UNREACHABLE'],
      ['blocked', 'UNREACHABLE'],
    ]);
  });
});
