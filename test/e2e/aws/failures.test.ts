import { afterAll, expect, jest, test } from '@jest/globals';
import { redrive, sendTo } from '../../aws/queues.ts';
import { ANSWERS } from '../../support/answers.ts';
import { archiveSpecs } from '../../support/archive.ts';
import { orthancIds } from '../../support/dicom.ts';
import { expectSameServers } from '../../support/proof.ts';
import { mistakes } from './logs.ts';
import { withPair } from './servers.ts';
import { removeSynthesis, type Stack } from './stack.ts';

jest.setTimeout(600_000);
afterAll(removeSynthesis);

const INSTANCES = 300;
const SHAPE = { studies: 6, instancesPerStudy: INSTANCES / 6, bytes: 4096, seed: 32 };
const POSTS = { method: 'POST', path: '/instances' };
const REPLICATE = { kind: 'replicate', source: 'source', target: 'target' } as const;
const specs = [...archiveSpecs(SHAPE)];

/** One image of the source. */
function image(index: number) {
  const spec = specs[index];
  if (!spec) throw new Error(`there is no image ${index}`);
  return { sopInstanceUid: spec.sopUid, item: orthancIds(spec).instance };
}

test('GIVEN instances that the target refuses THEN each is one dead letter, and retry or a redrive by hand delivers it', async () => {
  await withPair(SHAPE, async ({ source, target, proxy, stack }) => {
    const [retried, redriven] = [image(7), image(250)];
    for (const { sopInstanceUid } of [retried, redriven])
      await proxy.fault({ ...POSTS, sopInstanceUid, kind: 'answer', answer: ANSWERS.badFile });
    const { job } = await stack.control('start', REPLICATE);
    const failed = await stack.untilEnded(job.id);
    expect(failed.job.state).toBe('completed-with-failures');
    expect(failed.counts).toMatchObject({ success: INSTANCES - 2, failure: 2, unsettled: 0 });
    const letters = (await stack.deadLetters()).map(({ item, code }) => `${item} ${code}`).sort();
    expect(letters).toEqual([retried, redriven].map(({ item }) => `${item} TARGET_REFUSED`).sort());
    const { rows } = await stack.control('failures', { job: job.id });
    expect(rows.map(({ code, instance }) => ({ code, instance }))).toEqual(
      [retried, redriven].map(({ item }) => ({ code: 'TARGET_REFUSED', instance: item })).sort(byInstance),
    );

    // The cause of one is gone, and its message is moved back by hand.
    await proxy.clear();
    await proxy.fault({
      ...POSTS,
      ...{ sopInstanceUid: retried.sopInstanceUid },
      kind: 'answer',
      answer: ANSWERS.badFile,
    });
    await redriveByHand(stack, redriven.item);
    await stack.time.sleep(90_000);
    const half = await stack.untilEnded(job.id);
    expect(half.counts).toMatchObject({ success: INSTANCES - 1, failure: 1 });
    expect((await stack.deadLetters()).map(({ item }) => item)).toEqual([retried.item]);

    await proxy.clear();
    expect(await stack.control('retry', { job: job.id })).toMatchObject({ how: 'retry' });
    const whole = await stack.untilEnded(job.id);
    expect(whole.job.state).toBe('completed');
    expect(whole.counts).toMatchObject({ success: INSTANCES, failure: 0, unsettled: 0, sent: INSTANCES });
    await expectSameServers(source, target, INSTANCES);
    expect(await stack.evidence(job.id)).toMatchObject({ problems: [], byCode: { STORED: INSTANCES } });
    await stack.expectNoDeadLetters();
  });
});

function byInstance(a: { instance: string }, b: { instance: string }): number {
  return a.instance < b.instance ? -1 : 1;
}

/** As somebody does it in the console: one of the dead letters goes into the queue of chunks, the others back where they were. */
async function redriveByHand({ services, queue }: Stack, item: string): Promise<void> {
  const dead = queue('deadLetterQueue');
  await redrive(services.sqs, dead, (body) => {
    const wanted = (JSON.parse(body) as { item: string }).item === item;
    return wanted ? queue('transferQueue') : dead;
  });
}

const STRANGE = [
  'no JSON',
  '{}',
  '[]',
  '"text"',
  '{"v":99,"type":"chunk","job":"j","round":1,"page":0,"chunk":0}',
  '{"v":1,"type":"chunk","job":"unknown-job","round":1,"page":0,"chunk":0}',
  '{"v":1,"type":"something-new"}',
];

test('GIVEN messages that nobody can take THEN the others are worked off, and no function fails', async () => {
  await withPair(SHAPE, async ({ source, target, stack }) => {
    for (const name of ['transferQueue', 'enumerateQueue', 'importQueue'] as const)
      for (const body of STRANGE) await sendTo(stack.services.sqs, stack.queue(name), body);
    for (const body of STRANGE) await sendTo(stack.services.sqs, stack.uploads?.queueUrl ?? '', body);
    await stack.uploads?.testEvent();
    const { job } = await stack.control('start', REPLICATE);
    for (const body of STRANGE) await sendTo(stack.services.sqs, stack.queue('transferQueue'), body);
    const { counts, job: ended } = await stack.untilEnded(job.id);
    expect(ended.state).toBe('completed');
    expect(counts).toMatchObject({ success: INSTANCES, failure: 0, unsettled: 0 });
    await expectSameServers(source, target, INSTANCES);
    expect(mistakes(stack)).toEqual([]);
    await stack.expectNoDeadLetters();
    expect((await stack.control('jobs', {})).jobs).toHaveLength(1);
  });
});

test('GIVEN messages that come twice and in any order THEN the counters are exact', async () => {
  await withPair(SHAPE, async ({ source, target, proxy, stack }) => {
    // Small chunks of work, so that there is much to disturb: a study each.
    let turn = 0;
    for (const mapping of stack.mappings.values()) {
      mapping.faults.duplicate = () => {
        turn += 1;
        return turn % 3 !== 0;
      };
      mapping.faults.shuffle = (messages) => [...messages].reverse();
    }
    const { job } = await stack.control('start', REPLICATE);
    const { counts, job: ended } = await stack.untilEnded(job.id);
    expect(turn).toBeGreaterThan(2);
    expect(ended.state).toBe('completed');
    expect(counts).toMatchObject({ success: INSTANCES, warning: 0, failure: 0, skipped: 0, unsettled: 0 });
    expect(await stack.evidence(job.id)).toMatchObject({ problems: [], byOutcome: { success: INSTANCES } });
    expect(proxy.traffic.posts.size).toBeGreaterThanOrEqual(INSTANCES);
    await expectSameServers(source, target, INSTANCES);
    await stack.expectNoDeadLetters();
  });
});
