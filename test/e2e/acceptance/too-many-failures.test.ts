import { expect, jest, test } from '@jest/globals';
import { ANSWERS } from '../../support/answers.ts';
import { archive } from '../../support/archive.ts';
import { events } from '../../support/command-line.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { compareServers } from '../../support/independent.ts';
import { startOrthanc } from '../../support/orthanc.ts';
import { upload } from '../../support/upload.ts';
import { replication } from './replication.ts';

jest.setTimeout(180_000);

const INSTANCES = 2000;

test('GIVEN a target that refuses most of what is tried THEN the job stops early, and goes on once the cause is gone', async () => {
  const [source, target] = await Promise.all([startOrthanc({ version: '1.10' }), startOrthanc({ version: '1.13' })]);
  const proxy = await startFaultProxy(target.url);
  const job = await replication(source.url, proxy.url);
  try {
    await upload(source.url, archive({ studies: 10, instancesPerStudy: INSTANCES / 10, bytes: 1500 }));
    await proxy.fault({ method: 'POST', path: '/instances', kind: 'answer', answer: ANSWERS.badFile });
    const stopped = await job.replicate();
    const failures = await job.command('failures', '--limit', '2');
    const status = await job.command('status');
    expect(stopped.code).toBe(5);
    expect(stopped.stdout).toMatch(/: stopped after .*\n {2}most of what is tried fails/);
    expect(stopped.stdout).toContain('the same command goes on where it ended');
    expect(status.stdout).toContain('most of what is tried fails');
    const failed = job.deadLetters();
    expect(failed.length).toBeGreaterThanOrEqual(200);
    // It did not fail them all, one by one.
    expect(proxy.traffic.posts.size).toBeLessThan(INSTANCES * 0.9);
    expect(failures.stdout).toContain(`TARGET_REFUSED (${failed.length.toLocaleString('en')} instances)`);

    await proxy.clear();
    const resumed = await job.replicate('--json');
    expect(events(resumed.stdout).find(({ event }) => event === 'job')).toMatchObject({ how: 'resumed' });
    expect(resumed.code).toBe(6);
    expect(await job.evidence()).toMatchObject({ problems: [], byCode: { TARGET_REFUSED: job.deadLetters().length } });

    const retried = await job.command('retry');
    expect(retried.code).toBe(0);
    expect(job.deadLetters()).toEqual([]);
    expect(await job.evidence()).toMatchObject({ problems: [], byOutcome: { success: INSTANCES } });
    expect(await compareServers(source, target)).toMatchObject({ target: INSTANCES, contained: true });
  } finally {
    await proxy.stop();
    await Promise.all([source.stop(), target.stop(), job.remove()]);
  }
});
