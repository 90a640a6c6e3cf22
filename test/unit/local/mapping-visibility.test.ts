import { expect, jest, test } from '@jest/globals';
import { heldHandler, mappingRig } from './mapping-rig.ts';

const current = mappingRig();

test('messages stay hidden for as long as their handler runs', async () => {
  const rig = current();
  const { calls, handler } = heldHandler();
  rig.start(handler);
  await rig.send('large');
  await rig.clock.advance(3 * 3_600_000);
  expect(calls).toHaveLength(1);
  await calls[0]?.end();
  expect(rig.left()).toEqual([]);
});

test('after a long sleep of the machine a running message is not received again', async () => {
  const rig = current();
  const { calls, handler } = heldHandler();
  const sleepless = jest.spyOn(rig.clock, 'now');
  rig.start(handler);
  await rig.send('large');
  const asleep = rig.clock.now() + 3_600_000;
  sleepless.mockReturnValue(asleep);
  await rig.send('other');
  expect(calls.map((call) => call.event.Records[0]?.body)).toEqual(['large', 'other']);
  sleepless.mockRestore();
  for (const call of calls) await call.end();
});

test('a visibility that the handler changed is kept', async () => {
  const rig = current();
  const { calls, handler } = heldHandler();
  rig.start(handler, { batchSize: 2 });
  await rig.send('postponed', 'slow');
  const [postponed] = calls[0]?.event.Records ?? [];
  if (!postponed) throw new Error('nothing was received');
  await rig.queue.changeVisibility(postponed.receiptHandle, 60);
  await rig.clock.advance(59_000);
  expect(calls).toHaveLength(1);
  await rig.clock.advance(1_500);
  expect(calls[1]?.event.Records.map((record) => record.body)).toEqual(['postponed']);
  await calls[0]?.end([postponed.messageId]);
  expect(rig.left()).toEqual(['postponed']);
  await calls[1]?.end();
  expect(rig.left()).toEqual([]);
});
