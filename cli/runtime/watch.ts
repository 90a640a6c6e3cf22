import { FatalError, MigrationError } from '../../functions/core/errors.ts';

/**
 * The same port, whose fatal errors are told to `onFatal`. The caller gets an ordinary error instead: a use case takes a fatal
 * one for a mistake in its job, which it then ends, but a full disk here says nothing about the job.
 */
export function watched<T extends object>(port: T, onFatal: (error: FatalError) => void): T {
  const told = (error: unknown): never => {
    if (!(error instanceof FatalError)) throw error;
    onFatal(error);
    throw new MigrationError(error.code, error.message, { cause: error });
  };
  return new Proxy(port, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(member, target, args);
        return result instanceof Promise ? result.catch(told) : result;
      };
    },
  });
}
