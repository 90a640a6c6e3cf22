import { setTimeout as sleep } from 'node:timers/promises';
import { expect, jest, test } from '@jest/globals';
import { type ArchivedInstance, archiveSpecs } from '../../support/archive.ts';
import { makeInstance, orthancIds } from '../../support/dicom.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { compareServers } from '../../support/independent.ts';
import { startOrthanc } from '../../support/orthanc.ts';
import { upload } from '../../support/upload.ts';
import { replication } from './replication.ts';

jest.setTimeout(240_000);

const specs = [...archiveSpecs({ studies: 3, instancesPerStudy: 100, bytes: 8000 })];
const KILLER = specs[130] as ArchivedInstance;

test.concurrent.each([
  ['1.10', '1.13'],
  ['1.13', '1.10'],
] as const)('GIVEN an instance of %s that kills %s THEN it is found, and it alone is not moved', async (from, to) => {
  const [source, target] = await Promise.all([startOrthanc({ version: from }), startOrthanc({ version: to })]);
  const proxy = await startFaultProxy(target.url);
  const job = await replication(source.url, proxy.url);
  let restarting = Promise.resolve();
  try {
    await upload(source.url, specs.map(makeInstance).values());
    const killing = await proxy.fault({
      sopInstanceUid: KILLER.sopUid,
      kind: 'run',
      when: 'before',
      async run() {
        await target.kill();
        // As a service manager does it.
        restarting = sleep(1000).then(() => target.restart());
      },
    });
    const ended = await job.replicate();
    const { rows, byCode, problems } = await job.evidence();
    expect(ended.code).toBe(6);
    expect(problems).toEqual([]);
    const { TARGET_CRASHES, STORED = 0, ALREADY_PRESENT = 0, ...others } = byCode;
    expect(others).toEqual({});
    expect(TARGET_CRASHES).toBe(1);
    expect(STORED + ALREADY_PRESENT).toBe(specs.length - 1);
    const killer = orthancIds(KILLER).instance;
    expect(rows.find(({ code }) => code === 'TARGET_CRASHES')).toMatchObject({ instance: killer, sentByUs: 'unknown' });
    expect(job.deadLetters()).toEqual([{ instance: killer, code: 'TARGET_CRASHES' }]);
    expect(await compareServers(source, target)).toMatchObject({ missing: [killer], different: [], extra: [] });
    // Twice among others, until its chunk is suspected, and twice alone.
    expect(killing.hits).toBeLessThanOrEqual(6);
  } finally {
    await proxy.stop();
    await restarting;
    await Promise.all([source.stop(), target.stop(), job.remove()]);
  }
});
