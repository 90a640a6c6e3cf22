import { AsyncLocalStorage } from 'node:async_hooks';
import { type DestinationStream, pino } from 'pino';
import type { Log } from '../core/ports.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface InvocationLog extends Log {
  /** Each line that is written in the course of `work` has this request id. */
  within<T>(requestId: string, work: () => Promise<T>): Promise<T>;
}

/**
 * A log of JSON lines to standard output, which Lambda takes to CloudWatch. They are written at once: a frozen container would keep what
 * it has in memory. `level` and `timestamp` are what Lambda's own filter of levels looks at.
 * https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
 */
export function createLog(level: LogLevel, destination: DestinationStream = standardOutput()): InvocationLog {
  const invocation = new AsyncLocalStorage<{ readonly requestId: string }>();
  const logger = pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
      // A copy: pino writes the fields of the line into it, which would then be in all lines that follow.
      mixin: () => ({ ...invocation.getStore() }),
      // Nothing logs these on purpose; an object that is logged as a whole must not either.
      redact: ['authorization', 'password', 'token', '*.authorization', '*.password', '*.token', '*.tls'],
    },
    destination,
  );
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    within: (requestId, work) => invocation.run({ requestId }, work),
  };
}

function standardOutput(): DestinationStream {
  return pino.destination({ dest: 1, sync: true });
}
