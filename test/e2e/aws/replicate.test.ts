import { afterAll, expect, jest, test } from '@jest/globals';
import { EVENT_TYPES } from '../../../functions/environment.ts';
import { depthOf } from '../../aws/queues.ts';
import { expectSameServers } from '../../support/proof.ts';
import { expectSilence, mistakes } from './logs.ts';
import { withPair } from './servers.ts';
import { PASSWORD, removeSynthesis, type Stack } from './stack.ts';

jest.setTimeout(600_000);
afterAll(removeSynthesis);

const STUDIES = 40;
const INSTANCES = 2000;
const SHAPE = { studies: STUDIES, instancesPerStudy: INSTANCES / STUDIES, seriesPerStudy: 2, bytes: 4096, seed: 31 };
const REQUESTED = {
  version: '0',
  id: '7bf73129-1428-4cd3-a780-95db273d1602',
  'detail-type': EVENT_TYPES.requested,
  source: 'my.application',
  account: '000000000000',
  time: '2026-01-01T00:00:00Z',
  region: 'us-east-1',
  resources: [],
  detail: { kind: 'replicate', source: 'source', target: 'target' },
};

async function expectEmptyQueues({ services, queue }: Stack): Promise<void> {
  for (const name of ['enumerateQueue', 'transferQueue', 'importQueue', 'workerQueue'] as const)
    expect({ name, ...(await depthOf(services.sqs, queue(name))) }).toMatchObject({ visible: 0, delayed: 0 });
}

test('GIVEN 2,000 instances WHEN the shipped bundles replicate them THEN the servers are equal, no dead letters, and counters exact', async () => {
  await withPair(SHAPE, async ({ source, target, proxy, stack }) => {
    const { job } = await stack.control('start', { kind: 'replicate', source: 'source', target: 'target' });
    const { counts, job: ended } = await stack.untilEnded(job.id);
    expect(ended.state).toBe('completed');
    expect(counts).toMatchObject({
      success: INSTANCES,
      warning: 0,
      failure: 0,
      skipped: 0,
      unsettled: 0,
    });
    // On a busy machine a connection may break in the midst of an image: who has sent it is not known then.
    expect(counts.sent).toBeGreaterThan(INSTANCES / 2);
    await expectSameServers(source, target, INSTANCES);
    const evidence = await stack.evidence(job.id);
    expect(evidence).toMatchObject({
      problems: [],
      byOutcome: { success: INSTANCES },
      manifest: { scanned: INSTANCES, counts },
    });
    const { STORED = 0, ALREADY_PRESENT = 0 } = evidence.byCode;
    expect(STORED + ALREADY_PRESENT).toBe(INSTANCES);
    expect(proxy.traffic.posts.size).toBeGreaterThanOrEqual(INSTANCES);
    await stack.expectNoDeadLetters();
    await expectEmptyQueues(stack);
    expect(mistakes(stack)).toEqual([]);
    expect(stack.services.bus.events.map(({ type, detail }) => ({ type, job: detail.job }))).toEqual([
      { type: EVENT_TYPES.completed, job: job.id },
    ]);

    // An event that comes twice is one job, which finds everything there.
    await stack.functions.supervise.invoke(REQUESTED);
    await stack.functions.supervise.invoke(REQUESTED);
    const { jobs } = await stack.control('jobs', {});
    expect(jobs).toHaveLength(2);
    const again = await stack.untilEnded(jobs[0]?.id ?? job.id);
    expect(again.job).toMatchObject({ state: 'completed', id: expect.stringContaining(REQUESTED.id) });
    expect(again.counts).toMatchObject({ success: INSTANCES, alreadyThere: INSTANCES, sent: 0, failure: 0 });
    await stack.expectNoDeadLetters();
    await expectSilence(stack, ['Generated^', 'G31-', PASSWORD]);
  });
});
