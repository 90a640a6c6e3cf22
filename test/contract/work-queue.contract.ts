import { beforeEach, describe, expect, test } from '@jest/globals';
import type { WorkQueue } from '../../functions/core/ports.ts';

interface Received {
  readonly body: string;
  readonly receiptHandle: string;
  readonly receiveCount: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A queue with what the port leaves to the event source mapping. Its maxReceiveCount is 3. */
export interface QueueRig {
  readonly queue: WorkQueue;
  receive(max: number, visibilitySeconds: number): Promise<readonly Received[]>;
  delete(receiptHandle: string): Promise<void>;
  /** Bodies in the dead-letter queue. */
  deadLetters(): Promise<readonly string[]>;
  /** Lets so many seconds pass. */
  elapse(seconds: number): Promise<void>;
}

/** What every queue does. `makeRig` gives an empty one. */
export function workQueueContract(name: string, makeRig: () => QueueRig | Promise<QueueRig>): void {
  describe(`${name}: work queue`, () => {
    let rig: QueueRig;
    const bodies = async (max = 10, visibility = 30) =>
      (await rig.receive(max, visibility)).map((message) => message.body).sort();
    const one = async (visibility: number) => {
      const [message] = await rig.receive(1, visibility);
      if (!message) throw new Error('there is no message to receive');
      return message;
    };

    beforeEach(async () => {
      rig = await makeRig();
    });

    test('what is sent is received, with its attributes', async () => {
      expect(await bodies()).toEqual([]);
      await rig.queue.send([]);
      await rig.queue.send([{ body: 'a', attributes: { jobId: 'j' } }, { body: 'b' }]);
      const received = await rig.receive(10, 30);
      expect(received.map((message) => message.body).sort()).toEqual(['a', 'b']);
      expect(received.find((message) => message.body === 'a')?.attributes).toMatchObject({ jobId: 'j' });
      expect(received.every((message) => message.receiveCount === 1)).toBe(true);
    });

    test('more than ten messages may be sent at once', async () => {
      await rig.queue.send(Array.from({ length: 25 }, (_, n) => ({ body: `m${n}` })));
      const seen = new Set([...(await bodies()), ...(await bodies()), ...(await bodies())]);
      expect(seen.size).toBe(25);
    });

    test('a received message is hidden, then delivered again with a higher count', async () => {
      await rig.queue.send([{ body: 'a' }]);
      const first = await one(2);
      expect(await bodies()).toEqual([]);
      await rig.elapse(2);
      const second = await one(2);
      expect([first.receiveCount, second.receiveCount]).toEqual([1, 2]);
      expect(second.receiptHandle).not.toBe(first.receiptHandle);
    });

    test('a deleted message is gone', async () => {
      await rig.queue.send([{ body: 'a' }]);
      await rig.delete((await one(1)).receiptHandle);
      await rig.elapse(1);
      expect(await bodies()).toEqual([]);
    });

    test('visibility is prolonged and cut short', async () => {
      await rig.queue.send([{ body: 'a' }]);
      const { receiptHandle } = await one(1);
      await rig.queue.changeVisibility(receiptHandle, 3);
      await rig.elapse(2);
      expect(await bodies()).toEqual([]);
      await rig.queue.changeVisibility(receiptHandle, 0);
      expect(await bodies()).toEqual(['a']);
    });

    test('changing visibility with a handle that is gone does nothing', async () => {
      await rig.queue.send([{ body: 'a' }]);
      const { receiptHandle } = await one(30);
      await rig.delete(receiptHandle);
      await rig.queue.changeVisibility(receiptHandle, 0);
      expect(await bodies()).toEqual([]);
    });

    test('a delayed message is received later', async () => {
      await rig.queue.send([{ body: 'late', delaySeconds: 2 }, { body: 'now' }]);
      expect(await bodies()).toEqual(['now']);
      await rig.elapse(2);
      expect(await bodies()).toEqual(['late']);
    });

    test('depth tells waiting from in flight', async () => {
      await rig.queue.send([{ body: 'a' }, { body: 'b' }, { body: 'c' }]);
      expect(await rig.queue.depth()).toEqual({ visible: 3, inFlight: 0 });
      await rig.receive(1, 1);
      expect(await rig.queue.depth()).toEqual({ visible: 2, inFlight: 1 });
      await rig.elapse(1);
      expect(await rig.queue.depth()).toEqual({ visible: 3, inFlight: 0 });
    });

    test('after maxReceiveCount receives a message goes to the dead-letter queue', async () => {
      await rig.queue.send([{ body: 'poison' }]);
      for (const count of [1, 2, 3]) {
        const { receiptHandle, receiveCount } = await one(30);
        expect(receiveCount).toBe(count);
        expect(await rig.deadLetters()).toEqual([]);
        await rig.queue.changeVisibility(receiptHandle, 0);
      }
      expect(await bodies()).toEqual([]);
      expect(await rig.deadLetters()).toEqual(['poison']);
      expect(await rig.queue.depth()).toEqual({ visible: 0, inFlight: 0 });
    });
  });
}
