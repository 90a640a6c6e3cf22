import { beforeEach, describe, expect, test } from '@jest/globals';
import { openDatabase } from '../../../cli/local/database.ts';
import type { ReceivedMessage } from '../../../cli/local/message.ts';
import { SqliteQueue } from '../../../cli/local/work-queue.ts';
import { ManualClock } from '../../contract/manual-clock.ts';

const DAY_MS = 86_400_000;

let clock: ManualClock;
let queue: SqliteQueue;
let dead: SqliteQueue;

beforeEach(() => {
  clock = new ManualClock();
  const database = openDatabase(':memory:');
  const redrive = { maxReceiveCount: 1, deadLetterQueue: 'dead' };
  queue = new SqliteQueue(database, clock, { name: 'work', redrive });
  dead = new SqliteQueue(database, clock, { name: 'dead' });
});

function take(from: SqliteQueue, seconds = 30): ReceivedMessage {
  const [message] = from.receive(1, seconds);
  if (!message) throw new Error('there is no message to receive');
  return message;
}

const bodies = (from: SqliteQueue) => from.peek(100).map((message) => message.body);

describe('receipt handles', () => {
  test('become invalid once the message is received again', async () => {
    await dead.send([{ body: 'a' }]);
    const first = take(dead, 10);
    await clock.advance(10_000);
    const second = take(dead, 10);
    dead.delete(first.receiptHandle);
    await dead.changeVisibility(first.receiptHandle, 0);
    dead.extend(first.receiptHandle, 1000);
    expect(dead.receive(1, 10)).toEqual([]);
    await clock.advance(10_000);
    expect(take(dead, 10).messageId).toBe(second.messageId);
  });

  test('are good as long as nobody else has the message, even late', async () => {
    await dead.send([{ body: 'a' }, { body: 'b' }]);
    const [a, b] = dead.receive(2, 10);
    await clock.advance(60_000);
    dead.extend(a?.receiptHandle ?? '', 10);
    dead.delete(b?.receiptHandle ?? '');
    expect(dead.receive(2, 10)).toEqual([]);
  });

  test('belong to their queue', async () => {
    await queue.send([{ body: 'a' }]);
    const { receiptHandle } = take(queue);
    dead.delete(receiptHandle);
    expect(bodies(queue)).toEqual(['a']);
  });
});

test('a heartbeat does not override what the receiver chose', async () => {
  await dead.send([{ body: 'a' }]);
  const { receiptHandle } = take(dead, 30);
  await dead.changeVisibility(receiptHandle, 30);
  await clock.advance(20_000);
  dead.extend(receiptHandle, 30);
  await clock.advance(10_000);
  const again = take(dead, 30);
  dead.extend(again.receiptHandle, 60);
  await clock.advance(59_000);
  expect(dead.receive(1, 30)).toEqual([]);
});

describe('dedupeId', () => {
  test('drops a second message while the first waits or is in flight', async () => {
    await queue.send([{ body: 'first', dedupeId: 'x' }]);
    await queue.send([
      { body: 'second', dedupeId: 'x' },
      { body: 'other', dedupeId: 'y' },
    ]);
    await dead.send([{ body: 'elsewhere', dedupeId: 'x' }]);
    expect(bodies(queue)).toEqual(['first', 'other']);
    const { receiptHandle } = take(queue);
    await queue.send([{ body: 'third', dedupeId: 'x' }]);
    expect(bodies(queue)).toEqual(['first', 'other']);
    queue.delete(receiptHandle);
    await queue.send([{ body: 'fourth', dedupeId: 'x' }]);
    expect(bodies(queue)).toEqual(['other', 'fourth']);
  });

  test('discards messages', async () => {
    await dead.send(['x', 'y', 'z'].map((id) => ({ body: id, dedupeId: id })));
    await dead.discard(['x', 'z', 'unknown']);
    expect(bodies(dead)).toEqual(['y']);
  });

  test('does not keep a message out of the dead-letter queue', async () => {
    await dead.send([{ body: 'older', dedupeId: 'x' }]);
    await queue.send([{ body: 'newer', dedupeId: 'x' }]);
    take(queue, 0);
    expect(queue.receive(1, 0)).toEqual([]);
    expect(bodies(dead)).toEqual(['newer']);
  });
});

describe('retention', () => {
  test('ends 14 days after the first enqueue', async () => {
    await dead.send([{ body: 'a', dedupeId: 'x' }]);
    await clock.advance(14 * DAY_MS - 1);
    expect(bodies(dead)).toEqual(['a']);
    take(dead, 0);
    await clock.advance(1);
    expect(bodies(dead)).toEqual([]);
    expect(dead.receive(1, 10)).toEqual([]);
    await dead.send([{ body: 'b', dedupeId: 'x' }]);
    expect(bodies(dead)).toEqual(['b']);
  });

  test('goes on in the dead-letter queue', async () => {
    await queue.send([{ body: 'a' }]);
    await clock.advance(10 * DAY_MS);
    const { messageId } = take(queue, 0);
    queue.receive(1, 0);
    expect(dead.peek(1)).toMatchObject([{ messageId, body: 'a', receiveCount: 1 }]);
    await clock.advance(4 * DAY_MS);
    expect(bodies(dead)).toEqual([]);
  });

  test('is configurable', async () => {
    const short = new SqliteQueue(openDatabase(':memory:'), clock, { name: 'short', retentionMs: 1000 });
    await short.send([{ body: 'a' }]);
    await clock.advance(1000);
    expect(short.receive(1, 1)).toEqual([]);
  });
});

test('what a dead process held is visible at once', async () => {
  await dead.send([{ body: 'a' }, { body: 'later', delaySeconds: 60 }]);
  const first = take(dead, 3600);
  await dead.changeVisibility(first.receiptHandle, 900);
  dead.restoreInFlight();
  const again = dead.receive(10, 30);
  expect(again.map((message) => [message.body, message.receiveCount])).toEqual([['a', 2]]);
  dead.delete(first.receiptHandle);
  expect(bodies(dead)).toEqual(['a', 'later']);
});

test('messages are listed page by page without being received', async () => {
  await dead.send(['a', 'b', 'c'].map((body) => ({ body, attributes: { of: body } })));
  const page = dead.peek(2);
  expect(page).toMatchObject([
    { body: 'a', attributes: { of: 'a' }, receiveCount: 0, sentAt: clock.now() },
    { body: 'b' },
  ]);
  expect(dead.peek(2, page[1]?.position).map((message) => message.body)).toEqual(['c']);
  expect(await dead.depth()).toEqual({ visible: 3, inFlight: 0 });
});

test('listeners hear of what is sent', async () => {
  let heard = 0;
  const end = queue.subscribe(() => heard++);
  await queue.send([{ body: 'a' }]);
  end();
  await queue.send([{ body: 'b' }]);
  expect(heard).toBe(1);
});
