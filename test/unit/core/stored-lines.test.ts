import { expect, test } from '@jest/globals';
import { MigrationError } from '../../../functions/core/errors.ts';
import type { ObjectStore } from '../../../functions/core/ports.ts';
import { readNameList, readStoredLines } from '../../../functions/core/stored-lines.ts';

function holding(read: () => string): ObjectStore {
  return { read: async () => new TextEncoder().encode(read()) } as unknown as ObjectStore;
}

test('the lines of an object are read as they were written', async () => {
  await expect(
    readStoredLines(
      holding(() => '{"a":1}\n{"a":2}\n'),
      'key',
    ),
  ).resolves.toEqual([{ a: 1 }, { a: 2 }]);
});

test('GIVEN an object that is cut THEN the job is damaged', async () => {
  const reading = readStoredLines(
    holding(() => '{"a":1}\n{"a'),
    'jobs/1/plan',
  );
  await expect(reading).rejects.toMatchObject({
    code: 'JOB_DAMAGED',
    message: expect.stringMatching(/^jobs\/1\/plan/),
  });
});

test('GIVEN an object that is gone THEN the job is damaged', async () => {
  const gone = holding(() => {
    throw new MigrationError('OBJECT_NOT_FOUND', 'there is no object key');
  });
  await expect(readStoredLines(gone, 'key')).rejects.toMatchObject({ code: 'JOB_DAMAGED' });
});

test('GIVEN a list of names that was cut, or is gone, THEN the job is damaged, and fewer files are never taken for all', async () => {
  const list = (text: string) =>
    readNameList(
      holding(() => text),
      'names',
    );
  await expect(list('one\ntwo\n')).resolves.toHaveLength(8);
  for (const text of ['', 'one\ntw', 'one']) await expect(list(text)).rejects.toMatchObject({ code: 'JOB_DAMAGED' });
  const gone = holding(() => {
    throw new MigrationError('OBJECT_NOT_FOUND', 'there is no object key');
  });
  await expect(readNameList(gone, 'names')).rejects.toMatchObject({ code: 'JOB_DAMAGED' });
});

test('GIVEN a disk that fails THEN that is another matter', async () => {
  const failing = holding(() => {
    throw new MigrationError('STATE_DISK_FULL', 'cannot read');
  });
  await expect(readStoredLines(failing, 'key')).rejects.toMatchObject({ code: 'STATE_DISK_FULL' });
});
