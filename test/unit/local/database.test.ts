import { mkdirSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from '@jest/globals';
import { openDatabase } from '../../../cli/local/database.ts';
import { SqliteJobStore } from '../../../cli/local/job-store.ts';
import { STATE_VERSION } from '../../../cli/local/schema.ts';
import { STATE_FILE } from '../../../cli/local/state-directory.ts';
import { job, jobId, page } from '../../contract/samples.ts';
import { temporaryDirectories } from './temporary.ts';

const directory = temporaryDirectories();
const mode = (path: string) => statSync(path).mode & 0o777;

test('what was stored is there when the file is opened again', async () => {
  const state = directory();
  const first = openDatabase(state);
  await new SqliteJobStore(first).createJob(job());
  first.close();
  const second = openDatabase(state);
  expect(await new SqliteJobStore(second).job(jobId())).toEqual(job());
  second.close();
});

test('the state is private to the user', async () => {
  const state = join(directory(), 'a', 'b');
  const database = openDatabase(state);
  await new SqliteJobStore(database).createJob(job());
  expect(mode(state)).toBe(0o700);
  expect(readdirSync(state).map((name) => [name, mode(join(state, name))])).toEqual(
    [STATE_FILE, `${STATE_FILE}-shm`, `${STATE_FILE}-wal`].map((name) => [name, 0o600]),
  );
  database.close();
});

test('the permissions of a directory that holds other things are left alone', () => {
  const state = join(directory(), 'shared');
  mkdirSync(state, { mode: 0o755 });
  writeFileSync(join(state, 'thesis.txt'), 'x');
  openDatabase(state).close();
  expect(mode(state)).toBe(0o755);
  expect(mode(join(state, STATE_FILE))).toBe(0o600);
});

test('two connections see one truth', async () => {
  const state = directory();
  const [a, b] = [openDatabase(state), openDatabase(state)];
  const stores = [new SqliteJobStore(a), new SqliteJobStore(b)];
  await stores[0]?.putPage(page());
  const ref = { job: jobId(), round: 1, page: 0, chunk: 0 };
  const closed = await Promise.all(
    stores.map((store, n) => store.closeChunk(ref, { receipt: `r${n}`, counts: page().replaces })),
  );
  expect(closed).toEqual([true, false]);
  a.close();
  b.close();
});

test('a failed transaction leaves nothing', () => {
  const database = openDatabase(':memory:');
  const insert = () => database.run("INSERT INTO leases VALUES ('x', 'a', 1)");
  expect(() =>
    database.transaction(() => {
      insert();
      throw new Error('no');
    }),
  ).toThrow('no');
  expect(insert()).toBe(1);
});

describe('a state that cannot be used', () => {
  test('newer version', () => {
    const state = directory();
    const database = openDatabase(state);
    database.exec(`PRAGMA user_version = ${STATE_VERSION + 1}`);
    database.close();
    expect(() => openDatabase(state)).toThrow(
      expect.objectContaining({ code: 'STATE_NEWER_VERSION', message: expect.stringMatching(/^[^\n]*newer[^\n]*$/) }),
    );
  });

  test('no SQLite file', () => {
    const state = directory();
    writeFileSync(join(state, STATE_FILE), 'this is no database'.repeat(100));
    expect(() => openDatabase(state)).toThrow(
      expect.objectContaining({ code: 'STATE_CORRUPT', message: expect.stringContaining(join(state, STATE_FILE)) }),
    );
  });

  test("somebody else's SQLite file", () => {
    const state = directory();
    const other = new DatabaseSync(join(state, STATE_FILE));
    other.exec('CREATE TABLE recipes (name TEXT)');
    other.close();
    expect(() => openDatabase(state)).toThrow(expect.objectContaining({ code: 'STATE_CORRUPT' }));
  });

  test('truncated file', async () => {
    const state = directory();
    const database = openDatabase(state);
    await new SqliteJobStore(database).createJob(job());
    database.close();
    truncateSync(join(state, STATE_FILE), 6000);
    const use = async () => {
      await new SqliteJobStore(openDatabase(state)).jobs();
    };
    await expect(use()).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
  });

  test('full disk, and more space later', async () => {
    const database = openDatabase(directory());
    const store = new SqliteJobStore(database);
    await store.createJob(job());
    const pages = database.get<{ page_count: number }>('PRAGMA page_count')?.page_count ?? 0;
    database.exec(`PRAGMA max_page_count = ${pages}`);
    const large = job({ id: jobId('large'), reason: { code: 'X', message: 'x'.repeat(100_000) } });
    await expect(store.createJob(large)).rejects.toMatchObject({ code: 'STATE_DISK_FULL' });
    expect(() =>
      database.transaction(() => database.run("INSERT INTO leases VALUES (?, 'a', 1)", 'x'.repeat(9e4))),
    ).toThrow(expect.objectContaining({ code: 'STATE_DISK_FULL' }));
    database.exec(`PRAGMA max_page_count = ${pages + 1000}`);
    expect(await store.createJob(large)).toBe(true);
    expect(await store.jobs()).toHaveLength(2);
    database.close();
  });

  test('unwritable directory', () => {
    const file = join(directory(), 'file');
    writeFileSync(file, '');
    expect(() => openDatabase(join(file, 'state'))).toThrow(expect.objectContaining({ code: 'STATE_NOT_WRITABLE' }));
    const state = directory();
    mkdirSync(join(state, STATE_FILE));
    expect(() => openDatabase(state)).toThrow(expect.objectContaining({ code: 'STATE_NOT_WRITABLE' }));
  });
});

test('a text that is damaged within a sound file is told as a damaged file', async () => {
  const database = openDatabase(directory());
  const store = new SqliteJobStore(database);
  await store.createJob(job());
  database.run('UPDATE jobs SET body = substr(body, 1, 40)');
  await expect(store.jobs()).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
  await expect(store.job(jobId())).rejects.toThrow(/state\.sqlite is damaged .* move it away/);
  database.close();
});
