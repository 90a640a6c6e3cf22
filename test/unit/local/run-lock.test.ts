import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { type Database, openDatabase } from '../../../cli/local/database.ts';
import { SqliteJobStore } from '../../../cli/local/job-store.ts';
import { isAlive, ownIdentity } from '../../../cli/local/process-identity.ts';
import { acquireRunLock } from '../../../cli/local/run-lock.ts';
import { SqliteQueue } from '../../../cli/local/work-queue.ts';
import { ManualClock } from '../../contract/manual-clock.ts';
import { temporaryDirectories } from './temporary.ts';

const directory = temporaryDirectories();
const own = ownIdentity();
const elsewhere = { ...own, host: 'other-host' };
/** Above the largest pid of Linux. */
const gone = { ...own, pid: 2 ** 22 + 1, start: own.start === '' ? '' : '1' };

let clock: ManualClock;
let database: Database;
let state: string;

beforeEach(() => {
  clock = new ManualClock();
  state = directory();
  database = openDatabase(state);
});

const acquire = (identity = own) => acquireRunLock(database, clock, identity);

test('one process at a time', () => {
  const lock = acquire();
  const text = `state directory ${state} is in use by process ${process.pid} on this machine`;
  expect(() => acquire()).toThrow(
    expect.objectContaining({
      name: 'FatalError',
      code: 'STATE_IN_USE',
      message: `${text}; wait for it, or give another --state-dir`,
    }),
  );
  lock.release();
  lock.release();
  acquire().release();
});

test('a dead holder is replaced at once', () => {
  acquire(gone);
  acquire().release();
});

test('a holder whose pid belongs to another process now is dead', () => {
  if (own.start === '') return;
  acquire({ ...own, start: '1' });
  acquire().release();
});

test('a killed process is dead, also before its parent has noticed', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)']);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const identity = { ...own, pid, start: '' };
  expect(isAlive(identity)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive(identity)).toBe(false);
});

test('a killed run is taken over at once', async () => {
  const module = (path: string) => JSON.stringify(new URL(`../../../${path}.ts`, import.meta.url).href);
  const script = `
    const { openDatabase } = await import(${module('cli/local/database')});
    const { acquireRunLock } = await import(${module('cli/local/run-lock')});
    const { systemClock } = await import(${module('functions/core/system-clock')});
    acquireRunLock(openDatabase(${JSON.stringify(state)}), systemClock);
    process.stdout.write('held');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  await once(child.stdout, 'data');
  expect(() => acquire()).toThrow(`is in use by process ${child.pid} on this machine`);
  child.kill('SIGKILL');
  await once(child, 'exit');
  acquire().release();
});

describe('a holder on another host', () => {
  test('is believed for a minute of silence', async () => {
    const lock = acquire(elsewhere);
    lock.release();
    database.run("INSERT INTO run_lock VALUES (1, 'h', 'other-host', '', 77, '5', ?)", clock.now());
    await clock.advance(60_000);
    expect(() => acquire()).toThrow(/by process 77 on host other-host \(last sign of life 60 s ago\)/);
    await clock.advance(1);
    acquire().release();
  });

  test('is believed as long as its heart beats', async () => {
    const lock = acquire(elsewhere);
    await clock.advance(3_600_000);
    expect(() => acquire()).toThrow(expect.objectContaining({ code: 'STATE_IN_USE' }));
    lock.release();
  });
});

test('a process in another container is not looked up by its pid', () => {
  acquire({ ...gone, scope: 'another boot or namespace' });
  expect(() => acquire()).toThrow(expect.objectContaining({ code: 'STATE_IN_USE' }));
});

test('who was silent for too long learns that the lock is lost', async () => {
  const lock = acquire(gone);
  const successor = acquire();
  expect(lock.lost.aborted).toBe(false);
  await clock.advance(10_000);
  expect(lock.lost.aborted).toBe(true);
  expect(successor.lost.aborted).toBe(false);
  lock.release();
  expect(() => acquire()).toThrow();
  successor.release();
});

test('what the dead left unfinished is available', async () => {
  const store = new SqliteJobStore(database);
  const queues = ['enumerate', 'transfer'].map((name) => new SqliteQueue(database, clock, { name }));
  acquire(gone);
  await store.takeLease('job-1', 'dead', clock.now(), 3_600_000);
  for (const queue of queues) {
    await queue.send([{ body: 'work' }]);
    queue.receive(1, 3600);
  }
  const lock = acquire();
  expect(await store.takeLease('job-1', 'successor', clock.now(), 1000)).toBe(true);
  expect(queues.map((queue) => queue.receive(10, 30).length)).toEqual([1, 1]);
  lock.release();
});
