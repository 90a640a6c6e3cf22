import type { JobId, OrthancId } from '../../core/ids.ts';
import type { FileEntry } from '../../core/plan.ts';
import type { Claim, Ports } from '../../core/ports.ts';

/**
 * Lets each file claim its instance, in this order, and tells each the files that came before it. Who comes first is a matter of the
 * dump's order alone, whoever is read or sent first.
 */
export async function claimInOrder(
  { store }: Pick<Ports, 'store'>,
  job: JobId,
  entries: readonly FileEntry[],
): Promise<readonly FileEntry[]> {
  const claiming = entries.flatMap((entry) => {
    const instance = instanceOf(entry);
    return instance ? [{ entry, instance, claim: claimOf(entry) }] : [];
  });
  const claims = await store.claim(
    job,
    claiming.map(({ instance, claim }) => ({ instance, claim })),
  );
  const rivals = new Map(claiming.map(({ entry }, index) => [entry, before(claims[index] ?? [], entry)]));
  return entries.map((entry) => withRivals(entry, rivals.get(entry) ?? []));
}

export function instanceOf({ content }: FileEntry): OrthancId | undefined {
  return content.dicom?.instance;
}

export function hasPixels({ content }: FileEntry): boolean {
  return content.dicom?.pixels === 'present';
}

function claimOf(entry: FileEntry): Claim {
  const { dicom, size } = entry.content;
  const isUnknown = dicom?.pixels === 'unknown';
  return { item: entry.id, pixels: hasPixels(entry), ...(isUnknown && { size: size ?? 0 }) };
}

function before(claims: readonly Claim[], { id }: FileEntry): FileEntry['id'][] {
  const place = claims.findIndex(({ item }) => item === id);
  const own = claims[place];
  return claims.flatMap((other, at) => (own && other !== own && goesFirst(other, own, at < place) ? [other.item] : []));
}

/** Of files whose pixel data could not be looked for, the longest goes first: a header-only copy is the beginning of what it copies. */
function goesFirst(other: Claim, own: Claim, cameFirst: boolean): boolean {
  if (own.size === undefined) return cameFirst && other.size === undefined;
  if (other.size === undefined || other.size > own.size) return true;
  return other.size === own.size && cameFirst;
}

export function withRivals(entry: FileEntry, rivals: readonly FileEntry['id'][]): FileEntry {
  const { rivals: _, ...rest } = entry;
  return rivals.length === 0 ? rest : { ...rest, rivals };
}
