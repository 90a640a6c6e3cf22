/** The same command again compares, and sends nothing. */
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { endOf, run, type StateDirectory, stateDirectory } from '../../support/command-line.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { expectSameServers, expectSoundEvidence } from '../../support/proof.ts';
import { upload } from '../../support/upload.ts';

jest.setTimeout(180_000);

const INSTANCES = 1200;

interface Pair {
  readonly source: RunningOrthanc;
  readonly target: RunningOrthanc;
  readonly proxy: FaultProxy;
  readonly state: StateDirectory;
}

let pairs: Record<'older to newer' | 'newer to older', Pair>;

async function pair(from: '1.10' | '1.13', to: '1.10' | '1.13'): Promise<Pair> {
  const [source, target, state] = await Promise.all([
    startOrthanc({ version: from }),
    startOrthanc({ version: to }),
    stateDirectory(),
  ]);
  await upload(source.url, archive({ studies: 12, instancesPerStudy: INSTANCES / 12, seriesPerStudy: 2 }));
  return { source, target, state, proxy: await startFaultProxy(target.url) };
}

beforeAll(async () => {
  const [olderToNewer, newerToOlder] = await Promise.all([pair('1.10', '1.13'), pair('1.13', '1.10')]);
  pairs = { 'older to newer': olderToNewer, 'newer to older': newerToOlder };
});

afterAll(async () => {
  for (const { source, target, proxy, state } of Object.values(pairs ?? {}))
    await Promise.all([proxy.stop(), source.stop(), target.stop(), state.remove()]);
});

test.each(['older to newer', 'newer to older'] as const)(
  'GIVEN a job that is done (%s) THEN it sends nothing again',
  async (which) => {
    const { source, target, proxy, state } = pairs[which];
    const args = [source.url, proxy.url, '--state-dir', state.path];
    const first = endOf(await run(['replicate', ...args, '--json']));
    expect(first.counts).toMatchObject({ success: INSTANCES, sent: INSTANCES, alreadyThere: 0 });

    proxy.resetTraffic();
    const before = await lastChange(target);
    const second = endOf(await run(['replicate', ...args, '--json']));
    expect(second).toMatchObject({ state: 'completed', exitCode: 0, scanned: INSTANCES });
    expect(second.job).not.toBe(first.job);
    expect(second.counts).toMatchObject({ success: INSTANCES, alreadyThere: INSTANCES, sent: 0, sentBytes: 0 });
    const { rows, byCode } = await expectSoundEvidence(second);
    expect(byCode).toEqual({ ALREADY_PRESENT: INSTANCES });
    expect(new Set(rows.map((row) => row.sentByUs))).toEqual(new Set(['no']));

    // As the target sees it: no file was posted (the check whether it can be written to posts none), and nothing changed.
    expect([...proxy.traffic.posts.keys()].filter((sopInstanceUid) => sopInstanceUid !== '')).toEqual([]);
    expect(proxy.traffic.stored).toBe(0);
    expect(await lastChange(target)).toBe(before);
    await expectSameServers(source, target, INSTANCES);

    const status = await run(['status', second.job, '--state-dir', state.path]);
    expect(status.stdout).toContain('1,200 already there, 0 sent');
    const shown = await run(['replicate', ...args]);
    expect(shown.stdout).toMatch(/already there +1,200\n/);
    expect(shown.stdout).toContain('all that the source held is in the target');
  },
);

/** Of what is stored; that a study is stable by now is a change, too, but none of ours. */
async function lastChange({ url }: RunningOrthanc): Promise<number> {
  const { Changes } = (await (await fetch(`${url}changes?limit=100000`)).json()) as {
    Changes: { Seq: number; ChangeType: string }[];
  };
  return Math.max(...Changes.filter(({ ChangeType }) => ChangeType === 'NewInstance').map(({ Seq }) => Seq));
}
