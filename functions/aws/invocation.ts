import type { Context } from 'aws-lambda';
import { MigrationError, messageOf } from '../core/errors.ts';
import type { Log } from '../core/ports.ts';
import { ENV } from '../environment.ts';
import { createLog, type InvocationLog, type LogLevel } from './log.ts';
import { createMetrics, type LambdaMetrics } from './metrics.ts';
import { type AwsSettings, readSettings } from './settings.ts';

export type Handler<E, R> = (event: E, context: Context) => Promise<R>;

/** What an entry makes its handler of. */
export interface Container {
  readonly settings: AwsSettings;
  readonly log: InvocationLog;
  readonly metrics: LambdaMetrics;
}

/**
 * The entry of a function. What the handler needs is made once for each container, at its first invocation; when that fails, the next one
 * tries again. What nobody caught is logged once and then raised, so that Lambda counts it and tries again.
 */
export function createEntry<E, R>(
  make: (container: Container) => Promise<Handler<E, R>>,
  environment: NodeJS.ProcessEnv = process.env,
  log: InvocationLog = createLog(levelOf(environment)),
): Handler<E, R> {
  let made: Promise<{ readonly handler: Handler<E, R>; readonly metrics: LambdaMetrics }> | undefined;
  const begin = async () => {
    const settings = readSettings(environment);
    const metrics = createMetrics(settings.stack);
    return { handler: await make({ settings, log, metrics }), metrics };
  };
  const invoke = async (event: E, context: Context): Promise<R> => {
    made ??= begin().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    const { handler, metrics } = await made;
    try {
      return await handler(event, context);
    } finally {
      metrics.flush();
    }
  };
  return (event, context) =>
    log.within(context.awsRequestId, async () => {
      try {
        return await invoke(event, context);
      } catch (error) {
        report(log, error);
        throw error;
      }
    });
}

function report(log: Log, error: unknown): void {
  const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
  for (const one of errors) {
    if (one instanceof MigrationError) log.error({ code: one.code }, one.message);
    else log.error({ code: 'UNEXPECTED', stack: one instanceof Error ? one.stack : undefined }, messageOf(one));
  }
}

/** A level that is wrong is reported with all other settings. */
function levelOf(environment: NodeJS.ProcessEnv): LogLevel {
  const level = environment[ENV.logLevel];
  return level === 'debug' || level === 'warn' || level === 'error' ? level : 'info';
}
