import type { Identity } from './server.ts';

/**
 * `same`: two names of one server. `same-files`: two servers over one database, or one is a copy of the other's files and index;
 * nothing that can be read tells these two apart. `different`: the servers stored their files each on its own.
 */
export type Relation =
  | { readonly kind: 'same'; readonly evidence: string }
  | { readonly kind: 'same-files' }
  | { readonly kind: 'different' };

/** One server looked at before and after another, which was asked about the same instances. */
export interface Looks {
  readonly before: Identity;
  readonly other: Identity;
  readonly after: Identity;
}

/**
 * Judges whether two URLs lead to one server, from what can be read: a marker must not be written, as one of them is a source.
 *
 * The UUIDs under which the storage keeps files are random, so that one difference proves different servers. Equal UUIDs are also
 * found in a restored backup, a usual target. So it takes evidence of one *process*: metrics that did not move between the first
 * and the last look have, to the millisecond, the same times in between. Where metrics are not to be had, `DatabaseServerIdentifier`
 * decides (by default a hash over network addresses, AET and ports, which containers may share); on servers that have neither,
 * name and history, which a copy that nobody used yet shares too.
 */
export function relationOf(looks: Looks): Relation {
  const { before, other } = looks;
  if (before.url === other.url) return { kind: 'same', evidence: 'their URLs are equal' };
  for (const [id, uuid] of before.storageUuids) {
    if (other.storageUuids.get(id) !== uuid) return { kind: 'different' };
  }
  const evidence = couldBeOne(looks) ? evidenceOfOne(looks) : undefined;
  if (evidence !== undefined) return { kind: 'same', evidence };
  return before.storageUuids.size > 0 ? { kind: 'same-files' } : { kind: 'different' };
}

/** Whether looking again may tell more: what else can be seen fits one server, but each of its metrics was moving. */
export function isUndecided(looks: Looks): boolean {
  const { before, other } = looks;
  if (before.url === other.url || other.metricTimes.size === 0 || !couldBeOne(looks)) return false;
  if ([...before.storageUuids].some(([id, uuid]) => other.storageUuids.get(id) !== uuid)) return false;
  return isOneProcess(looks) === undefined;
}

function couldBeOne({ before, other, after }: Looks): boolean {
  if (before.version !== other.version || before.name !== other.name) return false;
  return before.lastChange <= other.lastChange && other.lastChange <= after.lastChange;
}

function evidenceOfOne(looks: Looks): string | undefined {
  const { before, other } = looks;
  const oneProcess = isOneProcess(looks);
  if (oneProcess !== undefined) return oneProcess ? 'their metrics are those of one running process' : undefined;
  const identifier = before.databaseServerIdentifier;
  if (identifier !== other.databaseServerIdentifier) return undefined;
  if (identifier !== undefined) return 'they have the same DatabaseServerIdentifier';
  return before.storageUuids.size > 0 ? 'they have the same name, history and stored files' : undefined;
}

/** `undefined` when no metric stood still. */
function isOneProcess({ before, other, after }: Looks): boolean | undefined {
  if (other.metricTimes.size === 0) return undefined;
  const idle = [...before.metricTimes].filter(([name, time]) => after.metricTimes.get(name) === time);
  return idle.length === 0 ? undefined : idle.every(([name, time]) => other.metricTimes.get(name) === time);
}
