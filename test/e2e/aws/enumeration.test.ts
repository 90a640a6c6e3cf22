import { setTimeout as machineSleep } from 'node:timers/promises';
import { afterAll, expect, jest, test } from '@jest/globals';
import { expectSameServers } from '../../support/proof.ts';
import { until } from '../../support/until.ts';
import { functionErrors, mistakes } from './logs.ts';
import { withPair } from './servers.ts';
import { removeSynthesis, type Stack } from './stack.ts';

jest.setTimeout(600_000);
afterAll(removeSynthesis);

const STUDIES = 60;
const INSTANCES = STUDIES * 5;
const SHAPE = { studies: STUDIES, instancesPerStudy: 5, bytes: 2048, seed: 34 };
const REPLICATE = { kind: 'replicate', source: 'source', target: 'target' } as const;
const EXACT = { success: INSTANCES, warning: 0, failure: 0, skipped: 0, unsettled: 0 };
/** An enumerator begins nothing when less than 20 s are left: with so many it lists a study or two. */
const SHORT_MS = 20_500;
const MINUTE_MS = 60_000;

/** Asks for supervision again and again, so that an enumerator that has stopped is woken. */
async function untilListed(stack: Stack, job: Parameters<Stack['status']>[0], hurryMs = 0): Promise<void> {
  const listed = async () => {
    await stack.control('tick', {});
    await stack.time.sleep(5000);
    if (hurryMs > 0) await stack.time.move(hurryMs);
    const { listing, job: now } = await stack.status(job);
    return !listing || now.round > 1 || now.state !== 'running';
  };
  await until('the source is listed', listed, 500);
}

test('GIVEN an enumeration that takes forty invocations THEN it runs through', async () => {
  await withPair(SHAPE, async ({ source, target, sourceProxy, stack }) => {
    stack.functions.enumerate.direct(() => ({ timeoutMs: SHORT_MS }));
    // However fast this machine is, no more than what is read ahead is listed at a time.
    sourceProxy.delay({ request: 50 });
    const { job } = await stack.control('start', REPLICATE);
    await untilListed(stack, job.id);
    await sourceProxy.clear();
    expect(stack.functions.enumerate.statistics.invocations).toBeGreaterThanOrEqual(40);
    stack.functions.enumerate.direct(undefined);
    const { counts, job: ended } = await stack.untilEnded(job.id);
    expect(ended.state).toBe('completed');
    expect(counts).toMatchObject(EXACT);
    expect(mistakes(stack)).toEqual([]);
    expect(await stack.evidence(job.id)).toMatchObject({ problems: [], byOutcome: { success: INSTANCES } });
    await expectSameServers(source, target, INSTANCES);
    await stack.expectNoDeadLetters();
  });
});

test('GIVEN an enumerator that is killed at any moment THEN nothing is lost or planned twice', async () => {
  await withPair(SHAPE, async ({ source, target, stack }) => {
    // Sooner and later: every other one dies, from before its first request to behind its second page.
    stack.functions.enumerate.direct(({ number }) => ({
      timeoutMs: SHORT_MS,
      ...(number % 2 === 1 && { kill: machineSleep((number * 13) % 180) }),
    }));
    const { job } = await stack.control('start', REPLICATE);
    // A dead enumerator's lease runs out after two minutes.
    await untilListed(stack, job.id, 2 * MINUTE_MS);
    stack.functions.enumerate.direct(undefined);
    const { counts, job: ended } = await stack.untilEnded(job.id, { hurryMs: 10 * MINUTE_MS });
    expect(functionErrors(stack).filter((error) => error.includes('Runtime.ExitError')).length).toBeGreaterThanOrEqual(
      5,
    );
    expect(ended.state).toBe('completed');
    expect(counts).toMatchObject(EXACT);
    expect(await stack.evidence(job.id)).toMatchObject({ problems: [], byOutcome: { success: INSTANCES } });
    await expectSameServers(source, target, INSTANCES);
    await stack.expectNoDeadLetters();
  });
});

test('GIVEN a message that is lost THEN the supervisor queues its chunk again', async () => {
  await withPair(SHAPE, async ({ source, target, stack }) => {
    const transfer = stack.mappings.get('transfer');
    let lost = 0;
    if (transfer)
      transfer.faults.lose = () => {
        lost += 1;
        return lost === 1;
      };
    const { job } = await stack.control('start', REPLICATE);
    const { counts, job: ended } = await stack.untilEnded(job.id, { hurryMs: 10 * MINUTE_MS });
    expect(lost).toBeGreaterThan(1);
    expect(ended.state).toBe('completed');
    expect(counts).toMatchObject(EXACT);
    await expectSameServers(source, target, INSTANCES);
    await stack.expectNoDeadLetters();
  });
});
