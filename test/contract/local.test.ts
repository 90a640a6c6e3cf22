import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { openDatabase } from '../../cli/local/database.ts';
import { SqliteJobStore } from '../../cli/local/job-store.ts';
import { FileObjectStore } from '../../cli/local/object-store.ts';
import { SqliteQueue } from '../../cli/local/work-queue.ts';
import { jobStoreContract } from './job-store.contract.ts';
import { ManualClock } from './manual-clock.ts';
import { objectStoreContract } from './object-store.contract.ts';
import { type QueueRig, workQueueContract } from './work-queue.contract.ts';

const root = mkdtempSync(join(tmpdir(), 'orthanc-migrate-contract-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const fresh = () => mkdtempSync(join(root, 'state-'));

jobStoreContract('SQLite in memory', () => new SqliteJobStore(openDatabase(':memory:')));
jobStoreContract('SQLite file', () => new SqliteJobStore(openDatabase(fresh())));
objectStoreContract('file system', () => new FileObjectStore(join(fresh(), 'objects')));
workQueueContract('SQLite', localRig);

function localRig(): QueueRig {
  const database = openDatabase(':memory:');
  const clock = new ManualClock();
  const redrive = { maxReceiveCount: 3, deadLetterQueue: 'transfer-dlq' };
  const queue = new SqliteQueue(database, clock, { name: 'transfer', redrive });
  const deadLetterQueue = new SqliteQueue(database, clock, { name: 'transfer-dlq' });
  return {
    queue,
    receive: async (max, visibilitySeconds) => queue.receive(max, visibilitySeconds),
    delete: async (receiptHandle) => queue.delete(receiptHandle),
    deadLetters: async () => deadLetterQueue.peek(100).map((message) => message.body),
    elapse: (seconds) => clock.advance(seconds * 1000),
  };
}
