import { ask } from '../attempt/lookup.ts';
import type { Attempt } from '../attempt/worker.ts';
import type { OrthancId } from '../core/ids.ts';
import type { InstanceEntry } from '../core/plan.ts';
import type { OrthancServer, Recorded } from '../orthanc/server.ts';

/** What the target holds under an ID of its own. */
export interface Elsewhere {
  readonly id: OrthancId;
  readonly recorded: Recorded;
}

export interface Absent {
  readonly entry: InstanceEntry;
  readonly source: Recorded;
}

type Found = ReadonlyMap<OrthancId, Elsewhere>;

/**
 * Characters that all encodings that Orthanc knows read alike. Japanese ones differ at backslash and tilde, and begin other
 * characters with control codes.
 */
const READ_ALIKE = /^[ -[\]-}]*$/;
const ABREAST = 8;

/**
 * Looks for instances whose ID the target does not know under the IDs that it would have given them. An Orthanc ID is made from
 * the PatientID in UTF-8, and one without SpecificCharacterSet is read in the server's DefaultEncoding: where the servers
 * differ in it, the same file has two IDs. Found is only what has the same MD5, since that is the same file.
 * Returns `undefined` when an endpoint is blocked.
 */
export async function findElsewhere(
  attempt: Attempt,
  source: OrthancServer,
  absent: readonly Absent[],
): Promise<Found | undefined> {
  if (absent.length === 0) return new Map();
  const looked = await ask(attempt, () => search(source, attempt.target, absent));
  if (looked.kind === 'found') return looked.value;
  if (looked.kind === 'blocked') attempt.blockage ??= looked.blockage;
  // Not knowing does no harm: what is sent again is answered AlreadyStored.
  return looked.kind === 'blocked' ? undefined : new Map();
}

async function search(source: OrthancServer, target: OrthancServer, absent: readonly Absent[]): Promise<Found> {
  const found = new Map<OrthancId, Elsewhere>();
  const [from, to] = await Promise.all([source.defaultEncoding(), target.defaultEncoding()]);
  if (from === undefined || to === undefined || from === to) return found;
  const queue = (await readDifferently(source, absent)).values();
  const worker = async (): Promise<void> => {
    for (const one of queue) {
      const there = await sameFile(source, target, one);
      if (there) found.set(one.entry.id, there);
    }
  };
  await Promise.all(Array.from({ length: ABREAST }, worker));
  return found;
}

/** Those of patients whose PatientID is not plain ASCII. */
async function readDifferently(source: OrthancServer, absent: readonly Absent[]): Promise<readonly Absent[]> {
  const suspects = new Map<OrthancId, boolean>();
  for (const { study } of absent.map(({ entry }) => entry))
    if (study && !suspects.has(study))
      suspects.set(study, !READ_ALIKE.test((await source.study(study))?.patientId ?? ''));
  return absent.filter(({ entry }) => entry.study && suspects.get(entry.study));
}

async function sameFile(
  source: OrthancServer,
  target: OrthancServer,
  { entry, source: wanted }: Absent,
): Promise<Elsewhere | undefined> {
  const uid = wanted.md5 && (await source.sopInstanceUid(entry.id));
  if (!uid) return undefined;
  const held = await target.recorded(await target.lookup('Instance', uid));
  for (const [id, recorded] of held) if (recorded.md5 === wanted.md5) return { id, recorded };
  return undefined;
}
