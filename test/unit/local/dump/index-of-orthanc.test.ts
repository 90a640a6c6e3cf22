import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { makeInstance } from '../../../support/dicom.ts';
import { inventory } from '../../../support/independent.ts';
import { type OrthancVersion, startOrthanc } from '../../../support/orthanc.ts';
import { upload } from '../../../support/upload.ts';
import { key, listed, openFolders, openRoots } from './listing.ts';

const newFolder = openFolders();
const FILES = 12;

describe.each<OrthancVersion>(['1.10', '1.13'])('the index of a real Orthanc %s', (version) => {
  test('tells the same as the server, while it runs and after it has ended', async () => {
    const [storage, temporary] = [newFolder(), newFolder()];
    const server = await startOrthanc({ version, storage });
    const files = Array.from({ length: FILES }, (_, seed) => makeInstance({ seed, bytes: 2000 + 100 * seed }));
    await upload(server.url, files);
    const recorded = [...(await inventory(server)).values()].map(({ size, md5 }) => ({
      known: true,
      type: 1,
      size,
      md5,
    }));
    const running = openRoots([storage], temporary);
    const whileRunning = await listed(running.dump);
    await running.dump.close();
    // The server is not disturbed.
    await upload(server.url, [makeInstance({ seed: FILES })]);
    await server.stop();
    const ended = openRoots([storage], temporary);
    const afterwards = await listed(ended.dump);
    await ended.dump.close();

    const facts = whileRunning.flatMap((item) => (item.kind === 'object' && item.index ? [item.index] : []));
    expect(facts).toHaveLength(FILES);
    expect(facts).toEqual(expect.arrayContaining(recorded));
    const known = afterwards.filter((item) => item.kind === 'object' && item.index?.known === true);
    expect(known).toHaveLength(FILES + 1);
    expect([...running.warnings, ...ended.warnings]).toEqual([]);
    expect(afterwards.map((item) => item.key)).toContain(key(join(storage, 'index')));
    expect(readdirSync(temporary)).toEqual([]);
  });
});
