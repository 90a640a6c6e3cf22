/** A file that is written all the time. */
import { utimes } from 'node:fs/promises';
import { expect, jest, test } from '@jest/globals';
import { makeInstance } from '../../support/dicom.ts';
import { startFaultProxy } from '../../support/fault-proxy.ts';
import { startOrthanc } from '../../support/orthanc.ts';
import { importing } from './importing.ts';
import { makeFolder } from './storage.ts';

jest.setTimeout(120_000);

test('GIVEN a file that never stops changing THEN it is a failure, and is retried once it rests', async () => {
  const [folder, target] = await Promise.all([makeFolder(), startOrthanc({ version: '1.13' })]);
  const proxy = await startFaultProxy(target.url);
  const job = await importing(folder.path, proxy.url);
  try {
    const other = await folder.write('other', makeInstance({ seed: 2 }));
    const file = await folder.write('restless', makeInstance({ seed: 1 }));
    // The target is asked what it has after a file was looked at, and before it is read: so it changes in between, every time.
    let written = 1_000_000_000;
    const touch = () => utimes(file, written, written++);
    await proxy.fault({ path: /^\/(tools|instances)\//, kind: 'run', when: 'before', run: touch });
    const { row, end } = await job.import();
    expect(row(file)).toMatchObject({ outcome: 'failure', code: 'FILE_CHANGED', sentByUs: 'no', attempts: 5 });
    expect(row(other).code).toBe('STORED');
    expect(end.exitCode).toBe(6);

    await proxy.clear();
    const retried = await job.imported(await job.command('retry', '--json'));
    expect(retried.row(file).code).toBe('STORED');
    expect(retried.end.exitCode).toBe(0);
  } finally {
    await proxy.stop();
    await job.remove();
    await Promise.all([target.stop(), folder.remove()]);
  }
});
