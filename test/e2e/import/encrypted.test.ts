/** Objects as Orthanc's object storage plugins encrypt them, under the plugins' flat names. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { archive } from '../../support/archive.ts';
import { run } from '../../support/command-line.ts';
import { compressedAttachment } from '../../support/compressed.ts';
import { encryptedObject } from '../../support/encrypted.ts';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.ts';
import { inventory } from '../../support/independent.ts';
import { type RunningOrthanc, startOrthanc } from '../../support/orthanc.ts';
import { filesPosted, importOnce } from './importing.ts';
import { headerOnly, makeObject } from './objects.ts';
import { type Folder, makeFolder, md5 } from './storage.ts';

jest.setTimeout(120_000);

const KEYS = { 1: randomBytes(32), 7: randomBytes(32) } as const;
const OTHER = randomBytes(32);
const PER_KEY = 12;

let folder: Folder;
let secrets: Folder;
let target: RunningOrthanc;
let proxy: FaultProxy;
/** JSON with both keys; with the first alone; with another one under the number of the second. */
let keyFiles: { both: string; first: string; wrong: string };

beforeEach(async () => {
  [folder, secrets, target] = await Promise.all([makeFolder(), makeFolder(), startOrthanc({ version: '1.13' })]);
  proxy = await startFaultProxy(target.url);
  const file = (name: string, keys: Readonly<Record<number, Buffer>>) => {
    const texts = Object.entries(keys).map(([number, key]) => [number, key.toString('base64')]);
    return secrets.write(name, Buffer.from(JSON.stringify(Object.fromEntries(texts))));
  };
  keyFiles = {
    both: await file('both.json', KEYS),
    first: await file('first.json', { 1: KEYS[1] }),
    wrong: await file('wrong.json', { 1: KEYS[1], 7: OTHER }),
  };
});

afterEach(async () => {
  await proxy.stop();
  await Promise.all([folder.remove(), secrets.remove(), target.stop()]);
});

const name = (suffix: string) => `${randomUUID()}${suffix}`;

/** Images in all ways: with either key, compressed before or not, each with its encrypted header-only copy; and reports. */
async function bucket() {
  const contents: { readonly file: string; readonly content: Buffer; readonly key: 1 | 7 }[] = [];
  let number = 0;
  for (const image of archive({ studies: 2, instancesPerStudy: PER_KEY, bytes: 20_000 })) {
    const key = number % 2 === 0 ? 1 : 7;
    const wrap = (content: Buffer) =>
      encryptedObject(number % 3 === 0 ? compressedAttachment(content) : content, KEYS[key], key);
    contents.push({ file: await folder.write(name('.dcm'), wrap(image)), content: image, key });
    await folder.write(name('.dcm.head'), wrap(headerOnly(image)));
    number += 1;
  }
  return contents;
}

const md5sIn = async (server: RunningOrthanc) =>
  [...(await inventory(server)).values()].map((stored) => stored.md5).sort();

describe('encrypted objects', () => {
  test('GIVEN both keys THEN all arrive decrypted, and their copies are skipped', async () => {
    const contents = await bucket();
    const report = makeObject('sr', 1);
    await folder.write(name('.dcm'), encryptedObject(report, KEYS[7], 7));
    await folder.write(
      name('.json'),
      encryptedObject(Buffer.from('{"0008,0018":{"Name":"SOPInstanceUID"}}'), KEYS[1], 1),
    );
    const { end, byCode } = await importOnce(folder.path, target.url, '--storage-key', keyFiles.both);
    expect(byCode).toEqual({ STORED: contents.length + 1, HEADER_ONLY_COPY: contents.length, JSON_SUMMARY: 1 });
    expect(end.exitCode).toBe(0);
    expect(await md5sIn(target)).toEqual([...contents.map(({ content }) => md5(content)), md5(report)].sort());
  });

  test('GIVEN one of the keys THEN what the other one encrypted is a failure that names it', async () => {
    const contents = await bucket();
    const { end, rows, byCode } = await importOnce(folder.path, proxy.url, '--storage-key', keyFiles.first);
    expect(byCode).toEqual({ STORED: PER_KEY, HEADER_ONLY_COPY: PER_KEY, STORAGE_KEY_MISSING: 2 * PER_KEY });
    expect(end.exitCode).toBe(6);
    const missing = rows.filter(({ code }) => code === 'STORAGE_KEY_MISSING');
    expect(new Set(missing.map(({ keyNumber }) => keyNumber))).toEqual(new Set([7]));
    expect(await md5sIn(target)).toEqual(
      contents
        .filter(({ key }) => key === 1)
        .map(({ content }) => md5(content))
        .sort(),
    );
    expect(filesPosted(proxy.traffic)).toBe(PER_KEY);
  });

  test('GIVEN no key, or a wrong one THEN nothing is sent of what it does not fit', async () => {
    await bucket();
    const without = await importOnce(folder.path, proxy.url);
    expect(without.byCode).toEqual({ STORAGE_KEY_MISSING: 4 * PER_KEY });
    expect(filesPosted(proxy.traffic)).toBe(0);
    const wrong = await importOnce(folder.path, proxy.url, '--storage-key', keyFiles.wrong);
    expect(wrong.byCode).toEqual({ STORED: PER_KEY, HEADER_ONLY_COPY: PER_KEY, DECRYPTION_FAILED: 2 * PER_KEY });
    expect(wrong.end.exitCode).toBe(6);
    expect(filesPosted(proxy.traffic)).toBe(PER_KEY);
  });

  test('GIVEN objects that were tampered with THEN none of their bytes reaches the target', async () => {
    const [image = Buffer.alloc(0)] = archive({ studies: 1, instancesPerStudy: 1, bytes: 400_000 });
    const whole = encryptedObject(image, KEYS[1], 1);
    const flipped = (at: number) => {
      const copy = Buffer.from(whole);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    };
    const files = [
      await folder.write('a-content', flipped(whole.length >> 1)),
      await folder.write('b-tag', flipped(whole.length - 1)),
      await folder.write('c-data-key', flipped(50)),
      await folder.write('d-cut', whole.subarray(0, whole.length - 100)),
    ];
    const { end, row, byCode } = await importOnce(folder.path, proxy.url, '--storage-key', keyFiles.both);
    expect(files.map((file) => row(file).code)).toEqual(files.map(() => 'DECRYPTION_FAILED'));
    expect(byCode).toEqual({ DECRYPTION_FAILED: files.length });
    expect(end.exitCode).toBe(6);
    // Aborted before their end: Orthanc stores nothing of such a request.
    expect(proxy.traffic.stored).toBe(0);
    expect((await inventory(target)).size).toBe(0);
  });

  test('GIVEN a key whose file is unusable THEN the command says so, without the key', async () => {
    const bad = await secrets.write('bad.json', Buffer.from(JSON.stringify({ 1: 'c2hvcnQ=' })));
    const state = ['--state-dir', `${secrets.path}/state`];
    const { code, stderr } = await run(['import', folder.path, target.url, ...state, '--storage-key', bad]);
    expect(code).toBe(2);
    expect(stderr).toContain('key 1');
    expect(stderr).not.toContain('c2hvcnQ');
  });
});
