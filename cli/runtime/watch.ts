import { FatalError } from '../../functions/core/errors.ts';

/**
 * The same port, whose fatal errors are also told to `onFatal`: handlers log an error and leave the message to be delivered
 * again, which is right for all but those of our own disk.
 */
export function watched<T extends object>(port: T, onFatal: (error: FatalError) => void): T {
  const tell = (error: unknown): void => {
    if (error instanceof FatalError) onFatal(error);
  };
  return new Proxy(port, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(member, target, args);
        if (result instanceof Promise) result.catch(tell);
        return result;
      };
    },
  });
}
