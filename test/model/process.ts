import type { Ports } from '../../functions/core/ports.ts';

/** Raised at every port call of a process that has died. */
export class Died extends Error {}

/** Lets other things happen before the call takes effect, and may end the calling process. */
export type Turn = () => Promise<void>;

/** A process of the model: each of its port calls waits for its turn, and may be its last, before or after it took effect. */
export interface Life {
  /** Waits for the next turn; raises when the process dies before it. */
  turn(): Promise<void>;
  readonly dead: boolean;
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
        const result = await (value as Method).apply(object, args);
        await life.turn();
        return result;
      };
    },
  });
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
