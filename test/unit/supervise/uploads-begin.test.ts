import { describe, expect, it } from '@jest/globals';
import type { EndpointName } from '../../../functions/core/ids.ts';
import type { Job } from '../../../functions/core/job.ts';
import { wait } from '../../../functions/core/verdict.ts';
import { answerError, breakageError, OrthancError } from '../../../functions/orthanc/errors.ts';
import type { OrthancServer, Servers, SystemInfo } from '../../../functions/orthanc/server.ts';
import { DEFAULT_SETTINGS } from '../../../functions/supervise/settings.ts';
import { superviseAll } from '../../../functions/supervise/tick.ts';
import { job, jobId, TARGET } from '../../contract/samples.ts';
import { memoryPorts } from '../../support/memory-ports.ts';

const SYSTEM: SystemInfo = { version: '1.12.0', name: 'target', readOnly: false, hasLabels: true };
const UPLOADS: Partial<Job> = {
  kind: 'import',
  source: 's3://bucket/incoming/' as EndpointName,
  dump: { uploads: { quietMs: 3_600_000 } },
};

const broken = (cause: 'refused' | 'timeout') =>
  breakageError(TARGET, 'target', 'system', { cause, requestSent: false, detail: 'CODE' });
const unreadable = new OrthancError(TARGET, 'target', wait('target', 'SECRET_UNREADABLE'), 'no secret', {});
const answered = (status: number, orthanc: boolean, orthancStatus?: number) =>
  answerError(TARGET, 'target', orthancStatus === undefined ? 'read' : 'store', 'path', {
    status,
    orthanc,
    ...(orthancStatus !== undefined && { orthancStatus }),
  });

/** A target that looks at itself, and takes an empty instance, as it is told. */
class Target {
  system: SystemInfo = SYSTEM;
  secret: Error | undefined;
  looking: Error | undefined;
  storing: Error | undefined;

  readonly servers = {
    server: async () => {
      if (this.secret) throw this.secret;
      return this.#server as Partial<OrthancServer> as OrthancServer;
    },
  } as Partial<Servers> as Servers;

  readonly #server = {
    name: TARGET,
    system: async () => this.#looked(this.system),
    statistics: async () => this.#looked({ instances: 0, studies: 0, uncompressedBytes: 0 }),
    checkStore: async () => {
      if (this.storing) throw this.storing;
    },
  };

  #looked<T>(answer: T): T {
    if (this.looking) throw this.looking;
    return answer;
  }
}

async function requested(over: Partial<Job> = UPLOADS) {
  const rig = memoryPorts();
  const target = new Target();
  await rig.ports.store.createJob(job(over));
  const look = async () => {
    await superviseAll(rig.ports, target.servers, { ...DEFAULT_SETTINGS, assessed: false });
    return rig.ports.store.job(jobId());
  };
  return { ...rig, target, look };
}

describe('an import that takes in uploads', () => {
  it.each<[string, Partial<Target>]>([
    ['refuses connections', { looking: broken('refused') }],
    ['does not answer in time', { looking: broken('timeout') }],
    ['is hidden by a gateway that answers 503', { looking: answered(503, false) }],
    ['lets nobody in', { looking: answered(401, true) }],
    ['is full', { storing: answered(507, true, 19) }],
    ['has a secret that cannot be read', { secret: unreadable }],
  ])('waits while its target %s, tells so, and begins when that is over', async (_, away) => {
    const { target, look, ports, events, measured, clock } = await requested();
    Object.assign(target, away);
    expect((await look())?.state).toBe('requested');
    await clock.advance(600_000);
    expect((await look())?.state).toBe('requested');
    expect(await ports.store.gate(TARGET)).toMatchObject({ state: 'closed' });
    expect(measured.get('GateClosedMinutes')).toBe(10);
    expect(events.map(({ type, state }) => [type, state])).toEqual([['blocked', 'requested']]);
    Object.assign(target, { secret: undefined, looking: undefined, storing: undefined });
    expect(await look()).toMatchObject({ state: 'running', round: 1 });
    expect(await ports.store.gate(TARGET)).toMatchObject({ state: 'open' });
  });

  it.each<[string, Partial<Target>, string]>([
    ['says that it is read-only', { system: { ...SYSTEM, readOnly: true } }, 'TARGET_READ_ONLY'],
    ['lets no POST through', { storing: answered(405, true, 0) }, 'TARGET_READ_ONLY'],
    ['refuses what is no file in words of its own', { storing: answered(400, true, 3) }, 'TARGET_FAILING'],
  ])('stops where its target %s', async (_, wrong, code) => {
    const { target, look } = await requested();
    Object.assign(target, wrong);
    expect(await look()).toMatchObject({ state: 'stopped', reason: { code } });
  });
});

it('a job that somebody asked for fails when its target is away', async () => {
  const { target, look } = await requested({ kind: 'import', dump: { roots: [] } });
  target.looking = broken('refused');
  expect(await look()).toMatchObject({ state: 'failed', reason: { code: 'TARGET_UNREACHABLE' } });
});
