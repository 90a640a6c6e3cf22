import { afterAll, expect, jest, test } from '@jest/globals';
import { expectSameServers } from '../../support/proof.ts';
import { until } from '../../support/until.ts';
import { functionErrors, mistakes } from './logs.ts';
import { withPair } from './servers.ts';
import { removeSynthesis, SECRETS, secretFor } from './stack.ts';

jest.setTimeout(600_000);
afterAll(removeSynthesis);

const INSTANCES = 600;
const SHAPE = { studies: 12, instancesPerStudy: INSTANCES / 12, bytes: 4096, seed: 33 };
const POSTS = { method: 'POST', path: '/instances' };
const REPLICATE = { kind: 'replicate', source: 'source', target: 'target' } as const;
const EXACT = { success: INSTANCES, warning: 0, failure: 0, skipped: 0, unsettled: 0 };
const MINUTE_MS = 60_000;

test('GIVEN functions that are killed in the middle of chunks THEN nothing is lost or counted twice', async () => {
  await withPair(SHAPE, async ({ source, target, proxy, stack }) => {
    let kill: () => void = () => undefined;
    // So many of the first invocations die, each while it sends.
    const DEATHS = 4;
    stack.functions.transfer.direct(({ number }) => {
      if (number > DEATHS) return undefined;
      const killed = Promise.withResolvers<void>();
      kill = killed.resolve;
      return { kill: killed.promise };
    });
    await proxy.fault({ ...POSTS, kind: 'run', when: 'after', every: 40, run: () => kill() });
    const { job } = await stack.control('start', REPLICATE);
    // The message of a dead function is hidden for half an hour.
    const { counts, job: ended } = await stack.untilEnded(job.id, { hurryMs: 10 * MINUTE_MS });
    expect(functionErrors(stack).filter((error) => error.includes('Runtime.ExitError')).length).toBeGreaterThanOrEqual(
      2,
    );
    expect(ended.state).toBe('completed');
    expect(counts).toMatchObject(EXACT);
    expect(await stack.evidence(job.id)).toMatchObject({ problems: [], byOutcome: { success: INSTANCES } });
    await expectSameServers(source, target, INSTANCES);
    await stack.expectNoDeadLetters();
  });
});

test('GIVEN a line on which a chunk takes longer than an invocation lasts THEN no function is ended in the midst of it', async () => {
  await withPair(SHAPE, async ({ source, target, stack }) => {
    // Ten minutes for all of it.
    const { job } = await stack.control('start', { ...REPLICATE, limits: { bandwidth: '4k' } });
    const { counts, job: ended } = await stack.untilEnded(job.id);
    expect(ended.state).toBe('completed');
    expect(counts).toMatchObject(EXACT);
    expect((ended.endedAt ?? 0) - job.createdAt).toBeGreaterThan(9 * MINUTE_MS);
    expect(mistakes(stack)).toEqual([]);
    await expectSameServers(source, target, INSTANCES);
    await stack.expectNoDeadLetters();
  });
});

test('GIVEN a target that is away for ten minutes THEN its chunks are held back, it is found again, and nothing fails', async () => {
  await withPair(SHAPE, async ({ source, target, proxy, stack }) => {
    const gone = Promise.withResolvers<void>();
    await proxy.fault({
      ...POSTS,
      skip: 60,
      times: 1,
      kind: 'run',
      when: 'before',
      run: () => proxy.refuse().then(gone.resolve),
    });
    const { job } = await stack.control('start', REPLICATE);
    await gone.promise;
    const mapping = stack.mappings.get('transfer');
    await until('chunks are held back', () => mapping?.history.includes('Disabled') === true);
    const blocked = await stack.status(job.id);
    expect(blocked.blocked).toMatchObject([{ endpoint: 'target', state: 'closed', code: 'UNREACHABLE' }]);
    expect(blocked.counts.failure).toBe(0);
    await stack.time.sleep(10 * MINUTE_MS);
    await proxy.clear();
    const { counts, job: ended } = await stack.untilEnded(job.id);
    expect(mapping?.history).toEqual(['Enabled', 'Disabling', 'Disabled', 'Enabling', 'Enabled']);
    expect(ended.state).toBe('completed');
    expect(counts).toMatchObject(EXACT);
    const { rows, problems } = await stack.evidence(job.id);
    expect(problems).toEqual([]);
    // An outage costs no attempt.
    expect(rows.filter(({ attempts }) => Number(attempts) > 1)).toEqual([]);
    await expectSameServers(source, target, INSTANCES);
    await stack.expectNoDeadLetters();
    const types = stack.services.bus.events.map(({ type }) => type);
    expect(types.at(-1)).toBe('Orthanc Migration Completed');
    expect(types).not.toContain('Orthanc Migration Failed');
  });
});

test('GIVEN credentials that expire in mid-job THEN it waits, and goes on when their secret is renewed', async () => {
  await withPair(SHAPE, async ({ source, target, proxy, stack }) => {
    const expired = Promise.withResolvers<void>();
    const expire = () => target.restart({ users: { rig: 'renewed' } }).then(expired.resolve, expired.reject);
    await proxy.fault({ ...POSTS, skip: 60, times: 1, kind: 'run', when: 'before', run: expire });
    const { job } = await stack.control('start', REPLICATE);
    await expired.promise;
    await until('it says that credentials are refused', async () => {
      const { blocked } = await stack.status(job.id);
      return blocked.some(({ code }) => code === 'UNAUTHORIZED');
    });
    stack.services.secrets.put(SECRETS.target, secretFor(proxy.url, 'renewed'));
    const { counts, job: ended } = await stack.untilEnded(job.id);
    expect(ended.state).toBe('completed');
    expect(counts).toMatchObject(EXACT);
    await expectSameServers(source, { url: target.url, headers: target.headers }, INSTANCES);
    await stack.expectNoDeadLetters();
  });
});

test('GIVEN a secret that vanishes in mid-job THEN it says so, and goes on when the secret is back', async () => {
  await withPair(SHAPE, async ({ source, target, proxy, stack }) => {
    const gone = Promise.withResolvers<void>();
    const vanish = () => {
      stack.services.secrets.remove(SECRETS.target);
      // What the functions have read of it is still good for a minute.
      return proxy.refuse().then(gone.resolve);
    };
    await proxy.fault({ ...POSTS, skip: 60, times: 1, kind: 'run', when: 'before', run: vanish });
    const { job } = await stack.control('start', REPLICATE);
    await gone.promise;
    await stack.time.sleep(2 * MINUTE_MS);
    await proxy.clear();
    await until('it says that the secret cannot be read', async () => {
      const { blocked } = await stack.status(job.id);
      return blocked.some(({ code }) => code === 'SECRET_UNREADABLE');
    });
    stack.services.secrets.put(SECRETS.target, secretFor(proxy.url));
    const { counts, job: ended } = await stack.untilEnded(job.id);
    expect(ended.state).toBe('completed');
    expect(counts).toMatchObject(EXACT);
    await expectSameServers(source, target, INSTANCES);
    await stack.expectNoDeadLetters();
  });
});
