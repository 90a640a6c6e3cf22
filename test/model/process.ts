import type { Ports } from '../../functions/core/ports.ts';
import type { Calls } from './calls.ts';

/** Raised at every port call of a process that has died. */
export class Died extends Error {}

/** Lets other things happen before the call takes effect, and may end the calling process. */
export type Turn = () => Promise<void>;

/** A process of the model: each of its port calls waits for its turn, and may be its last, before or after it took effect. */
export interface Life {
  /** Waits for the next turn; raises when the process dies before it. */
  turn(): Promise<void>;
  readonly dead: boolean;
  readonly calls: Calls;
}

type Method = (...args: unknown[]) => unknown;

/** Wraps an adapter so that every call waits for a turn before and after it takes effect. */
function mortal<T extends object>(adapter: T, life: Life): T {
  return new Proxy(adapter, {
    get(object, property) {
      const value: unknown = Reflect.get(object, property, object);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        await life.turn();
        const given = args.map((arg) => (isStream(arg) ? awaited(arg, life.calls) : arg));
        const result = await life.calls.count(() => (value as Method).apply(object, given));
        await life.turn();
        return result;
      };
    },
  });
}

function isStream(arg: unknown): arg is AsyncIterable<unknown> {
  return typeof arg === 'object' && arg !== null && Symbol.asyncIterator in arg;
}

/** A body that the adapter waits for, while other calls may be needed to make it. */
function awaited<T>(body: AsyncIterable<T>, calls: Calls): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const pieces = body[Symbol.asyncIterator]();
      return {
        next: () => calls.discount(() => pieces.next()),
        return: async () => (await pieces.return?.()) ?? { done: true, value: undefined },
      };
    },
  };
}

export function mortalPorts(ports: Ports, life: Life): Ports {
  const { store, objects, queues } = ports;
  return {
    ...ports,
    store: mortal(store, life),
    objects: mortal(objects, life),
    queues: {
      enumerate: mortal(queues.enumerate, life),
      transfer: mortal(queues.transfer, life),
      import: mortal(queues.import, life),
      deadLetter: mortal(queues.deadLetter, life),
    },
  };
}
