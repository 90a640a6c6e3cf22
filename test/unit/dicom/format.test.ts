import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { buffer } from 'node:stream/consumers';
import { expect, describe as group, test } from '@jest/globals';
import { pack } from 'tar-stream';
import { describe } from '../../../functions/dicom/describe.ts';
import { described, EXPLICIT_SYNTAX, el, headOf, IMPLICIT, identity, integer, part10, pixels } from './data-sets.ts';

const summary = '{"0008,0018":{"Name":"SOPInstanceUID","Type":"String","Value":"1.2.3"}}';

async function tar(): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name: 'image.dcm' }, 'content');
  archive.finalize();
  return buffer(archive);
}

/** A header of before 1988: no magic, but a checksum. */
async function oldTar(): Promise<Buffer> {
  const bytes = await tar();
  bytes.fill(0, 257, 512);
  bytes.fill(' ', 148, 156);
  const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}

group('what is no DICOM file is recognised', () => {
  test.each([
    ['empty', '', 'empty'],
    ['a JSON summary', summary, 'json-summary'],
    ['a JSON summary with white space', `\n { \t${summary.slice(1)}`, 'json-summary'],
    ['other JSON', '{"PatientName":"x","0008,0018":{}}', 'other'],
    ['a ZIP archive', 'PK\x03\x04\x14\0\0\0\x08\0', 'zip'],
    ['an empty ZIP archive', `PK\x05\x06${'\0'.repeat(18)}`, 'zip'],
    ['a text', 'A1 is a cell, B1 another one\n'.repeat(20), 'other'],
    ['NULs', '\0'.repeat(5000), 'other'],
    ['a picture', `\x89PNG\r\n\x1a\n\0\0\0\rIHDR${'\0'.repeat(200)}`, 'other'],
    ['one byte', 'x', 'other'],
  ])('%s', async (_, text, kind) => {
    const bytes = Buffer.from(text, 'latin1');
    expect(await described(bytes)).toEqual({ kind, layers: [], size: bytes.length });
  });

  test('tar archives, with magic and without', async () => {
    expect((await described(await tar())).kind).toBe('tar');
    expect((await described(await oldTar())).kind).toBe('tar');
    const wrong = await oldTar();
    wrong[10] = 1;
    expect((await described(wrong)).kind).toBe('other');
  });

  test('an SQLite database and the files beside it while it is open', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'om-sqlite-'));
    const database = new DatabaseSync(join(folder, 'index'));
    database.exec('PRAGMA journal_mode=WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1)');
    for (const name of ['index', 'index-wal', 'index-shm']) {
      expect((await described(readFileSync(join(folder, name)))).kind).toBe('sqlite');
    }
    database.close();
    rmSync(folder, { recursive: true });
  });

  test('a DICOMDIR, by its class or by its records', async () => {
    const directory = el(0x00020002, 'UI', '1.2.840.10008.1.3.10');
    const records = el(0x00041220, 'SQ', '');
    expect(await described(part10(records, EXPLICIT_SYNTAX))).toMatchObject({ kind: 'dicomdir' });
    expect(await described(part10(Buffer.alloc(0), EXPLICIT_SYNTAX, directory))).toMatchObject({ kind: 'dicomdir' });
    expect((await described(part10(records, EXPLICIT_SYNTAX))).dicom).toBeUndefined();
  });

  test('small numbers that look like an implicit data set, since they hold no UID', async () => {
    const numbers = Buffer.concat(Array.from({ length: 4000 }, (_, index) => integer(8 + index, 2)));
    expect((await described(numbers)).kind).toBe('other');
    const elements = Buffer.concat([el(0x00080008, '', 'AB', IMPLICIT), el(0x00080010, '', 'AB', IMPLICIT)]);
    expect((await described(elements)).kind).toBe('other');
  });
});

test('what cannot be read at all is raised', async () => {
  const error = new Error('no permission');
  await expect(describe({ read: () => Promise.reject(error) }, 5, { keys: new Map() })).rejects.toBe(error);
});

test('the size is told where it is known', async () => {
  const file = part10(Buffer.concat([identity(), pixels()]), EXPLICIT_SYNTAX);
  expect((await describe(headOf(file), undefined, { keys: new Map() })).size).toBeUndefined();
  expect((await describe(headOf(file), file.length, { keys: new Map() })).size).toBe(file.length);
});
