import { eachBounded } from '../../core/bounded.ts';
import { FatalError } from '../../core/errors.ts';
import type { FileItem, JobId, OrthancId } from '../../core/ids.ts';
import type { Claim } from '../../core/ports.ts';
import { ABSENT, equal } from './condition.ts';
import { putItem, readItem } from './items.ts';
import { claimsKey } from './keys.ts';
import { type Item, jsonOf, numberOf } from './stored.ts';
import type { Table } from './table-access.ts';

const AT_ONCE = 16;
/** An item has at most 400 KB (Service quotas of DynamoDB), its other attributes and the names of all included. */
const BODY_BYTES = 400 * 1024 - 4096;

export interface InstanceClaim {
  readonly instance: OrthancId;
  readonly claim: Claim;
}

type Claimed = readonly Claim[];
/** A claim as stored. */
type Row = readonly [item: FileItem, pixels: 0 | 1, size?: number];

/** Adds the claims on each instance with one write, in their order. Raises `TOO_MANY_COPIES`. */
export async function addClaims(table: Table, job: JobId, claims: readonly InstanceClaim[]): Promise<Claimed[]> {
  const numbered = claims.map((claim, index) => ({ ...claim, index }));
  const views: Claimed[] = claims.map(() => []);
  const groups = [...Map.groupBy(numbered, ({ instance }) => instance)];
  await eachBounded(groups, AT_ONCE, async ([instance, group]) => {
    const seen = await addTo(table, job, instance, group);
    for (const [at, { index }] of group.entries()) views[index] = seen[at] ?? [];
  });
  return views;
}

/** All claims on each of these instances, in the order in which they came. */
export async function readClaims(table: Table, job: JobId, instances: readonly OrthancId[]): Promise<Claimed[]> {
  const found = new Map<OrthancId, Claimed>();
  await eachBounded([...new Set(instances)], AT_ONCE, async (instance) => {
    found.set(instance, claimsOf(await readItem(table, claimsKey(job, instance))));
  });
  return instances.map((instance) => found.get(instance) ?? []);
}

/** What each of these claims saw: those on the instance up to its own. */
async function addTo(
  table: Table,
  job: JobId,
  instance: OrthancId,
  claims: readonly InstanceClaim[],
): Promise<Claimed[]> {
  const key = claimsKey(job, instance);
  for (let item = await readItem(table, key); ; ) {
    const before = claimsOf(item);
    const views: Claimed[] = [];
    let after = before;
    for (const { claim } of claims) {
      if (!after.some((other) => other.item === claim.item)) after = [...after, claim];
      views.push(after);
    }
    if (after === before) return views;
    const revision = item === undefined ? 0 : numberOf(item, 'revision');
    const unchanged = item === undefined ? ABSENT : equal({ revision: { N: String(revision) } });
    const attributes = { revision: { N: String(revision + 1) }, body: { S: bodyOf(after, instance) } };
    const written = await putItem(table, key, attributes, unchanged);
    if (written.done) return views;
    item = written.item;
  }
}

function bodyOf(claims: Claimed, instance: OrthancId): string {
  const rows = claims.map(({ item, pixels, size }): Row => {
    const flag = pixels ? 1 : 0;
    return size === undefined ? [item, flag] : [item, flag, size];
  });
  const body = JSON.stringify(rows);
  if (Buffer.byteLength(body) <= BODY_BYTES) return body;
  const copies = `${claims.length} files of the dump hold the instance ${instance}, more than can be compared`;
  throw new FatalError('TOO_MANY_COPIES', `${copies}; import the dump in parts, or remove copies from it`);
}

function claimsOf(item: Item | undefined): Claimed {
  if (!item) return [];
  return jsonOf<readonly Row[]>(item, 'body').map(([file, pixels, size]) => ({
    ...{ item: file, pixels: pixels === 1 },
    ...(size !== undefined && { size }),
  }));
}
