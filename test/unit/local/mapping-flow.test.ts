import { expect, jest, test } from '@jest/globals';
import { SqliteQueue } from '../../../cli/local/work-queue.ts';
import { settle } from '../../contract/manual-clock.ts';
import { heldHandler, mappingRig } from './mapping-rig.ts';

const current = mappingRig();

test('a local send is noticed at once, that of another process by polling', async () => {
  const rig = current();
  const { calls, handler } = heldHandler();
  const elsewhere = new SqliteQueue(rig.database, rig.clock, { name: 'transfer' });
  rig.start(handler);
  await rig.send('here');
  expect(calls).toHaveLength(1);
  await elsewhere.send([{ body: 'there' }]);
  await settle();
  expect(calls).toHaveLength(1);
  await rig.clock.advance(250);
  expect(calls).toHaveLength(2);
  for (const call of calls) await call.end();
});

test('while it is disabled nothing is received', async () => {
  const rig = current();
  const { calls, handler } = heldHandler();
  let enabled = false;
  rig.start(handler, { enabled: () => enabled });
  await rig.send('a');
  await rig.clock.advance(10_000);
  expect(calls).toHaveLength(0);
  enabled = true;
  await rig.clock.advance(250);
  expect(calls).toHaveLength(1);
  await calls[0]?.end();
});

test('stopping waits for the handlers and receives no more', async () => {
  const rig = current();
  const { calls, handler } = heldHandler();
  const mapping = rig.start(handler, { concurrency: 1 });
  await rig.send('a', 'b');
  let stopped = false;
  const stopping = mapping.stop().then(() => {
    stopped = true;
  });
  await rig.clock.advance(3_600_000);
  expect(stopped).toBe(false);
  await calls[0]?.end();
  await stopping;
  expect(rig.left()).toEqual(['b']);
  expect(calls).toHaveLength(1);
});

test('a queue that fails is reported once, and ends the receiving', async () => {
  const rig = current();
  const { calls, handler } = heldHandler();
  const onError = jest.fn();
  jest.spyOn(rig.queue, 'receive').mockImplementation(() => {
    throw new Error('disk full');
  });
  rig.start(handler, { onError });
  await rig.send('a');
  await rig.clock.advance(10_000);
  expect(onError).toHaveBeenCalledTimes(1);
  expect(calls).toHaveLength(0);
});
