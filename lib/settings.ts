import { ENV } from '../functions/environment.ts';
import type { Configuration } from './config/schema.ts';
import { SIZES } from './function.ts';
import { EACH } from './schedules.ts';
import { visibilityFor } from './work-queue.ts';

const MIB = 1024 * 1024;
/** Added to the time for which the message of a killed function stays hidden: it may come back by itself first. Seconds. */
const GRACE = 600;
/** Added to the time that a function has: clocks differ. Seconds. */
const MARGIN = 60;

/** Environment variables of all functions that follow from the configuration alone; the rest come with what is created. */
export function settingsOf(configuration: Configuration): Record<string, string> {
  const { stack, endpoints, containers, largestInstanceMiB, uploads, storageKeysSecret, logLevel } = configuration;
  const named = Object.entries(endpoints).map(([name, { secret, url, worker }]) => [
    name,
    { secret, ...(url !== undefined && { url }), ...(worker && { worker }) },
  ]);
  return {
    [ENV.stack]: stack,
    [ENV.logLevel]: logLevel,
    [ENV.endpoints]: JSON.stringify(Object.fromEntries(named)),
    [ENV.containers]: String(containers),
    [ENV.largestInstance]: String(largestInstanceMiB * MIB),
    [ENV.longestAttempt]: String(
      Math.max(SIZES.transfer.timeout.toSeconds(), SIZES.import.timeout.toSeconds()) + MARGIN,
    ),
    [ENV.superviseEvery]: String(EACH.toSeconds()),
    [ENV.idleAfter]: String(visibilityFor(SIZES.transfer.timeout).toSeconds() + GRACE),
    ...(storageKeysSecret !== undefined && { [ENV.storageKeysSecret]: storageKeysSecret }),
    ...(uploads && { [ENV.uploads]: JSON.stringify(uploads) }),
  };
}

/** Secrets of the servers that functions talk to; a worker's servers are none of theirs. */
export function secretsForFunctions({ endpoints }: Configuration): string[] {
  return Object.values(endpoints)
    .filter(({ worker }) => !worker)
    .map(({ secret }) => secret);
}
