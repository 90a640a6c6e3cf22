import { failedLookup, rowOfFailure } from '../attempt/failed-rows.ts';
import { forAll } from '../attempt/for-all.ts';
import { absenceFor, lookUp } from '../attempt/lookup.ts';
import type { Process } from '../attempt/process.ts';
import { prove, type Unproven } from '../attempt/prove.ts';
import type { Attempt } from '../attempt/worker.ts';
import type { Dump, Dumps } from '../core/dump.ts';
import { MigrationError } from '../core/errors.ts';
import type { OrthancId } from '../core/ids.ts';
import type { ReceiptRow } from '../core/outcome.ts';
import { outcomeOfError } from '../core/outcome-of-error.ts';
import type { FileEntry, PlanEntry } from '../core/plan.ts';
import type { OrthancError } from '../orthanc/errors.ts';
import type { Recorded } from '../orthanc/server.ts';
import { type ArchiveFile, readArchive } from './archive.ts';
import { isSettled, type Step } from './decide.ts';
import { readAhead } from './read-ahead.ts';
import { fileSource, type Source } from './source.ts';
import { firstStep, rowWithoutReading, targetOf, type Visit, visitFile, withoutFailedRivals } from './visit.ts';

/** Instances that are looked up at once. */
const LOOKED_UP = 1000;

/** Brings files of a dump into the target: what is there already is compared, the rest is sent and then proven. */
export function importer(dumps: Dumps): Process {
  return async (attempt, entries, watch) => {
    const { worker, job } = attempt;
    if (!job.dump)
      throw new MigrationError('NOT_AN_IMPORT', `job ${job.id} reads no dump: its chunks are for the transfer queue`);
    const files: FileEntry[] = [];
    for (const entry of entries.filter(isFile)) files.push(await withoutFailedRivals(attempt, entry));
    const startedAt = worker.ports.clock.now();
    const known = await lookUpTarget(attempt, files);
    if (known === undefined) return undefined;
    if (known.error) return files.map((entry) => withoutTarget(attempt, entry, known.error, startedAt));
    const dump = await dumps.dump({ id: job.id, source: job.source, dump: job.dump });
    const visit: Visit = { attempt, upload: await worker.servers.upload(job.target), known: known.value, watch };
    const made = await visitAll(visit, dump, dumps, files);
    if (attempt.blockage || made.rows.length + made.unproven.length < files.length) return undefined;
    const proven = await proveAll(attempt, made.unproven);
    return proven && [...made.rows, ...proven];
  };
}

/** What needs no target has its outcome even where that cannot be asked. */
function withoutTarget(attempt: Attempt, entry: FileEntry, error: OrthancError, startedAt: number): ReceiptRow {
  if (!entry.final) return failedLookup(attempt, entry, error, startedAt);
  return rowWithoutReading(attempt, entry, { kind: 'final', code: entry.final.code }, undefined);
}

function isFile(entry: PlanEntry): entry is FileEntry {
  return entry.file !== undefined;
}

/** Sent, unless the target has it or something is wrong with it. */
function isNew({ prior, headerOnly, rivals, last }: FileEntry): boolean {
  return !prior && !headerOnly && !rivals && !last;
}

type Looked =
  | { readonly value: ReadonlyMap<OrthancId, Recorded>; readonly error?: never }
  | { readonly error: OrthancError };

async function lookUpTarget(attempt: Attempt, files: readonly FileEntry[]): Promise<Looked | undefined> {
  const studies = new Map<OrthancId, OrthancId>();
  const sopInstanceUids = new Map<OrthancId, string>();
  const ids = new Set<OrthancId>();
  for (const { content, final } of files) {
    const { instance, study, sopInstanceUid } = content.dicom ?? {};
    if (final || !instance) continue;
    ids.add(instance);
    if (study) studies.set(instance, study);
    if (sopInstanceUid) sopInstanceUids.set(instance, sopInstanceUid);
  }
  const hints = { studies, sopInstanceUids };
  const value = new Map<OrthancId, Recorded>();
  const all = [...ids];
  const absence = absenceFor(attempt, files.every(isNew));
  for (let at = 0; at < all.length; at += LOOKED_UP) {
    const looked = await lookUp(attempt, attempt.target, all.slice(at, at + LOOKED_UP), hints, absence);
    if (looked.kind === 'blocked') attempt.blockage ??= looked.blockage;
    if (looked.kind === 'blocked') return undefined;
    if (looked.kind === 'failing') return { error: looked.error };
    for (const [id, recorded] of looked.value) value.set(id, recorded);
  }
  return { value };
}

async function proveAll(attempt: Attempt, unproven: readonly Unproven[]): Promise<ReceiptRow[] | undefined> {
  const rows: ReceiptRow[] = [];
  for (let at = 0; at < unproven.length; at += LOOKED_UP) {
    const proven = await prove(attempt, unproven.slice(at, at + LOOKED_UP));
    if (!proven) return undefined;
    rows.push(...proven);
  }
  return rows;
}

interface Made {
  readonly rows: ReceiptRow[];
  readonly unproven: Unproven[];
}

async function visitAll(visit: Visit, dump: Dump, { keys }: Dumps, files: readonly FileEntry[]): Promise<Made> {
  const made: Made = { rows: [], unproven: [] };
  const steps = await settleWithoutReading(visit, files, made);
  const read = async (entry: FileEntry, source: Source): Promise<void> => {
    const step = steps.get(entry);
    const visited = step && (await visitFile(visit, entry, source, step));
    if (visited && 'row' in visited) made.rows.push(visited.row);
    else if (visited) made.unproven.push(visited.unproven);
  };
  const archive = { dump, keys };
  const sourceOf = (entry: FileEntry) => fileSource(entry, () => dump.open(entry.file), keys);
  const readFile = (entry: FileEntry) => read(entry, sourceOf(entry));
  const readAll = async (entries: readonly FileEntry[]): Promise<void> => {
    const whole = entries.filter((entry) => !entry.member);
    if (visit.watch) for (const entry of whole) await readFile(entry);
    else if (dump.near) await readAhead(visit.attempt, whole, sourceOf, read);
    else await forAll(visit.attempt, whole, readFile);
    const inside = entries.filter((entry) => entry.member);
    for (const [file, members] of Map.groupBy(inside, (entry) => entry.file))
      await readMembers(visit, { ...archive, file }, members, read, made);
  };
  const wanted = files.filter((entry) => steps.has(entry));
  // The suspect comes first, and an archive would bring its members in another order.
  if (visit.watch) await readAll(wanted.splice(0, 1));
  await readAll(wanted);
  return made;
}

/** Makes the rows of all files that need no look inside; returns what is to be done with the others. */
async function settleWithoutReading(
  visit: Visit,
  files: readonly FileEntry[],
  { rows }: Made,
): Promise<ReadonlyMap<FileEntry, Step>> {
  const steps = new Map<FileEntry, Step>();
  for (const entry of files) {
    const step = await firstStep(visit, entry);
    if (!step) break;
    if (!isSettled(step)) steps.set(entry, step);
    else rows.push(rowWithoutReading(visit.attempt, entry, step, targetOf(visit, entry)));
  }
  return steps;
}

async function readMembers(
  { attempt, watch }: Visit,
  archive: ArchiveFile,
  entries: readonly FileEntry[],
  read: (entry: FileEntry, source: Source) => Promise<void>,
  made: Made,
): Promise<void> {
  const reached = new Set<FileEntry>();
  try {
    await readArchive(archive, entries, watch !== undefined, async (entry, source) => {
      reached.add(entry);
      await read(entry, source);
    });
  } catch (error) {
    const code = outcomeOfError(error);
    if (code === undefined) throw error;
    failRest(
      attempt,
      entries.filter((entry) => !reached.has(entry)),
      code,
      made,
    );
  }
}

/** Members that were not reached. */
function failRest(attempt: Attempt, entries: readonly FileEntry[], code: ReceiptRow['code'], made: Made): void {
  const startedAt = attempt.worker.ports.clock.now();
  for (const entry of entries)
    made.rows.push(rowOfFailure(attempt, entry, undefined, { kind: 'failed', code, maybeSent: false }, startedAt));
}
