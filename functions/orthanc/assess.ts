import { setTimeout } from 'node:timers/promises';
import type { Side } from '../core/answer.ts';
import { FatalError, type MigrationError } from '../core/errors.ts';
import type { ConflictPolicy } from '../core/job.ts';
import type { GateCode } from '../core/verdict.ts';
import { OrthancError } from './errors.ts';
import { isUndecided, type Looks, relationOf } from './same-server.ts';
import type { OrthancServer, SystemInfo } from './server.ts';
import { md5Warnings, targetWarnings, type Warning } from './settings.ts';

const LOOKS = 5;
const BETWEEN_LOOKS_MS = 200;

export interface Wanted {
  readonly conflict: ConflictPolicy;
  /** The selection looks at labels. */
  readonly labels: boolean;
  /** The job stores into the target; a comparison does not. */
  readonly writes: boolean;
}

export interface Assessment {
  readonly source: SystemInfo;
  readonly target: SystemInfo;
  readonly warnings: readonly Warning[];
}

/**
 * Checks both endpoints before a job: they answer, let us in, are two different Orthanc servers, and the target takes instances.
 * Raises `FatalError` whose code begins with the side: `SOURCE_UNREACHABLE`, `TARGET_UNAUTHORIZED`, `TARGET_READ_ONLY`, …; or
 * `SOURCE_IS_TARGET`, `OVERWRITE_NOT_SUPPORTED`, `LABELS_NOT_SUPPORTED`. Writes nothing.
 */
export async function assess(source: OrthancServer, target: OrthancServer, wanted: Wanted): Promise<Assessment> {
  const [sourceInfo, targetInfo] = await Promise.all([
    fatally('source', () => reads(source)),
    fatally('target', () => reads(target)),
  ]);
  const twins = await different(source, target);
  const settings = await checkTarget(target, targetInfo, wanted);
  checkLabels(source, sourceInfo, wanted);
  const encodings = await differentEncodings(source, target);
  const warnings = [...twins, ...md5Warnings(source, 'source', sourceInfo), ...settings, ...encodings];
  return { source: sourceInfo, target: targetInfo, warnings };
}

/** Checks the target of an import. Raises as `assess` does. Writes nothing. */
export async function assessTarget(
  target: OrthancServer,
  wanted: Wanted,
): Promise<Pick<Assessment, 'target' | 'warnings'>> {
  const info = await fatally('target', () => reads(target));
  return { target: info, warnings: await checkTarget(target, info, wanted) };
}

async function checkTarget(target: OrthancServer, info: SystemInfo, wanted: Wanted): Promise<readonly Warning[]> {
  if (wanted.writes) {
    if (info.readOnly) throw new FatalError('TARGET_READ_ONLY', `target ${target.name}: ${REMEDIES.READ_ONLY}`);
    await fatally('target', () => target.checkStore());
  }
  checkConflictPolicy(target, info, wanted);
  return wanted.writes ? targetWarnings(target, info, wanted.conflict) : md5Warnings(target, 'target', info);
}

/** Beyond `/system`, which some gateways leave open, a job needs the archive itself. */
async function reads(server: OrthancServer): Promise<SystemInfo> {
  const info = await server.system();
  await server.statistics();
  return info;
}

async function different(source: OrthancServer, target: OrthancServer): Promise<Warning[]> {
  const relation = relationOf(await lookAt(source, target));
  if (relation.kind === 'different') return [];
  if (relation.kind === 'same') {
    const message = `source ${source.name} and target ${target.name} are one and the same server (${relation.evidence})`;
    throw new FatalError('SOURCE_IS_TARGET', message);
  }
  const message =
    `source ${source.name} and target ${target.name} keep their files under the same storage UUIDs: one is a copy of the other, ` +
    'or both use one database, and then nothing is moved and deleting at one deletes at both';
  return [{ code: 'SAME_FILES', message }];
}

/** A server that has just started moves all its metrics: looks again until one of them stands still, five times at most. */
async function lookAt(source: OrthancServer, target: OrthancServer): Promise<Looks> {
  let before = await fatally('source', () => source.identity());
  const sample = [...before.storageUuids.keys()];
  for (let look = 1; ; look++) {
    const other = await fatally('target', () => target.identity(sample));
    const after = await fatally('source', () => source.identity(sample));
    const looks = { before, other, after };
    if (look === LOOKS || !isUndecided(looks)) return looks;
    await setTimeout(BETWEEN_LOOKS_MS);
    before = after;
  }
}

/** Whether one file can have two Orthanc IDs: they are made from the PatientID, in UTF-8. */
async function differentEncodings(source: OrthancServer, target: OrthancServer): Promise<Warning[]> {
  const [from, to] = await Promise.all([
    fatally('source', () => source.defaultEncoding()),
    fatally('target', () => target.defaultEncoding()),
  ]);
  if (from === undefined || to === undefined || from === to) return [];
  const message =
    `source ${source.name} reads text without a character set as ${from}, target ${target.name} as ${to} (DefaultEncoding): ` +
    'where such a PatientID is not plain ASCII, the target gives other Orthanc IDs; they are found and reported as warnings';
  return [{ code: 'DIFFERENT_ENCODINGS', message }];
}

function checkConflictPolicy(target: OrthancServer, info: SystemInfo, wanted: Wanted): void {
  if (wanted.conflict !== 'overwrite' || !wanted.writes) return;
  if (info.overwriteInstances === 'always' || info.overwriteInstances === 'if-changed') return;
  const why =
    info.overwriteInstances === 'never' ? 'has OverwriteInstances off' : 'does not tell its OverwriteInstances';
  const message =
    `target ${target.name}: --conflict overwrite needs a server that says that it replaces known instances; ` +
    `this one (Orthanc ${info.version}) ${why}`;
  throw new FatalError('OVERWRITE_NOT_SUPPORTED', message);
}

function checkLabels(source: OrthancServer, info: SystemInfo, wanted: Wanted): void {
  if (!wanted.labels || info.hasLabels) return;
  const message = `source ${source.name}: Orthanc ${info.version} has no labels (1.12.0 and later): select without --label`;
  throw new FatalError('LABELS_NOT_SUPPORTED', message);
}

const REMEDIES: Readonly<Record<GateCode, string>> = {
  UNREACHABLE: 'check the URL, and that the server runs and can be reached from here',
  UNAUTHORIZED: 'check user name and password, and what this user may do',
  FULL: 'its storage is full: make room',
  READ_ONLY: 'it does not take instances: set ReadOnly to false, and let POST through any gateway before it',
  NOT_ORTHANC: 'what answers is no Orthanc server: check the URL and its base path',
  FAILING: 'it answers with errors: look into its log',
  SECRET_UNREADABLE: 'check that the secret is there, and that its policy and its key let the functions read it',
  SECRET_INVALID: 'put into the secret what docs/deploy.md says',
};

async function fatally<T>(side: Side, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof OrthancError)) throw error;
    const gate = gateOf(error);
    const code = `${side.toUpperCase()}_${gate}`;
    throw new FatalError(code, `${error.message}; ${REMEDIES[gate]}`, { cause: error });
  }
}

/** Without an answer, or with a passing failure, a job cannot begin either. */
function gateOf({ verdict, breakage }: OrthancError): GateCode {
  return verdict.gate ?? (breakage ? 'UNREACHABLE' : 'FAILING');
}

/** Why a server cannot be worked with for now; `undefined` where waiting does not help: it would refuse the job tomorrow, too. */
export function passingTrouble(error: MigrationError): GateCode | undefined {
  const trouble = error instanceof FatalError ? error.cause : error;
  if (!(trouble instanceof OrthancError)) return undefined;
  const gate = gateOf(trouble);
  const passes = trouble.retryClass === 'wait' || trouble.retryClass === 'retry';
  return passes && gate !== 'READ_ONLY' ? gate : undefined;
}
