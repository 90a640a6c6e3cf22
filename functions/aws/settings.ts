import { MigrationError } from '../core/errors.ts';
import { ENV } from '../environment.ts';
import type { Mappings } from './feeds.ts';
import type { LogLevel } from './log.ts';
import type { ConfiguredEndpoint } from './secrets/endpoints.ts';
import type { UploadsConfiguration } from './settings-fields.ts';
import { crossProblems, type Variables, variables } from './settings-variables.ts';

/** Where everything is, and how the functions of a stack are set. */
export interface AwsSettings {
  readonly stack: string;
  readonly logLevel: LogLevel;
  /** Name of the table of the job store. */
  readonly table: string;
  readonly evidenceBucket: string;
  /** URLs. */
  readonly queues: {
    readonly enumerate: string;
    readonly transfer: string;
    readonly import: string;
    readonly deadLetter: string;
    readonly worker?: string;
    readonly uploads?: string;
    /** Other dead-letter queues. */
    readonly others: readonly string[];
  };
  readonly endpoints: ReadonlyMap<string, ConfiguredEndpoint>;
  /** ARN or name. */
  readonly storageKeysSecret?: string;
  /** A single instance larger than this is for a worker. Bytes. */
  readonly largestInstance: number;
  /** How many containers share the limits of a target. */
  readonly containers: number;
  readonly uploads?: UploadsConfiguration & { readonly bucket: string };
  /** Absent in functions that do not hold back chunks. */
  readonly mappings?: Mappings;
  readonly superviseEveryMs?: number;
  readonly idleAfterMs?: number;
  readonly longestAttemptMs?: number;
  readonly eventBus?: string;
}

/** Reads the settings from environment variables. Raises `SETTINGS_INVALID`, which names every variable that is wrong. */
export function readSettings(environment: NodeJS.ProcessEnv): AwsSettings {
  const parsed = variables.safeParse(environment);
  const problems = parsed.success
    ? crossProblems(parsed.data)
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  if (parsed.success && problems.length === 0) return settingsOf(parsed.data);
  throw new MigrationError(
    'SETTINGS_INVALID',
    `environment variables of the function: ${problems.join('; ')}. The stack sets them: deploy it again`,
  );
}

function settingsOf(found: Variables): AwsSettings {
  const transferMapping = found[ENV.transferMapping];
  const importMapping = found[ENV.importMapping];
  const { [ENV.uploads]: uploads, [ENV.dumpBucket]: bucket } = found;
  return withoutUndefined<AwsSettings>({
    stack: found[ENV.stack],
    logLevel: found[ENV.logLevel],
    table: found[ENV.table],
    evidenceBucket: found[ENV.evidenceBucket],
    queues: withoutUndefined<AwsSettings['queues']>({
      enumerate: found[ENV.enumerateQueue],
      transfer: found[ENV.transferQueue],
      import: found[ENV.importQueue],
      deadLetter: found[ENV.deadLetterQueue],
      worker: found[ENV.workerQueue],
      uploads: found[ENV.uploadsQueue],
      others: found[ENV.otherDeadLetterQueues],
    }),
    endpoints: found[ENV.endpoints],
    storageKeysSecret: found[ENV.storageKeysSecret],
    largestInstance: found[ENV.largestInstance],
    containers: found[ENV.containers],
    uploads: uploads && bucket !== undefined ? { ...uploads, bucket } : undefined,
    mappings:
      transferMapping !== undefined && importMapping !== undefined
        ? { transfer: transferMapping, import: importMapping }
        : undefined,
    superviseEveryMs: inMs(found[ENV.superviseEvery]),
    idleAfterMs: inMs(found[ENV.idleAfter]),
    longestAttemptMs: inMs(found[ENV.longestAttempt]),
    eventBus: found[ENV.eventBus],
  });
}

function inMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

type Loose<T> = { readonly [K in keyof T]: T[K] | undefined };

/** What is absent has no field. */
function withoutUndefined<T extends object>(fields: Loose<Required<T>>): T {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as T;
}
