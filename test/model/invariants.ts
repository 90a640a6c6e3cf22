import { addCounts, countRow, finalCount, NO_COUNTS } from '../../functions/core/counts.ts';
import type { ItemId, JobId } from '../../functions/core/ids.ts';
import { itemOf, type OutcomeRow } from '../../functions/core/outcome.ts';
import { evidencePrefix, type Manifest, manifestKey } from '../../functions/evidence/manifest.ts';
import { progressOf } from '../../functions/supervise/progress.ts';
import type { Schedule } from './schedule.ts';

export interface Evidence {
  readonly manifest: Manifest;
  readonly rows: ReadonlyMap<ItemId, OutcomeRow>;
}

export function fail(message: string): never {
  throw new Error(message);
}

/** Reads the evidence, and checks that it agrees with itself, with the counters, the findings and the dead-letter queue. */
export async function consistentEvidence(schedule: Schedule, job: JobId): Promise<Evidence> {
  const { objects, store } = schedule.ports;
  const manifest: Manifest = JSON.parse(new TextDecoder().decode(await objects.read(manifestKey(job))));
  const rows = new Map<ItemId, OutcomeRow>();
  let counts = NO_COUNTS;
  for (const shard of manifest.shards)
    for (const line of new TextDecoder()
      .decode(await objects.read(evidencePrefix(job) + shard.path))
      .trim()
      .split('\n')) {
      const row: OutcomeRow = JSON.parse(line);
      if (rows.has(itemOf(row))) fail(`two outcomes of ${itemOf(row)}`);
      rows.set(itemOf(row), row);
      counts = addCounts(counts, countRow(row));
    }
  const progress = (await progressOf(schedule.ports, job)) ?? fail('no job');
  if (JSON.stringify(progress.counts) !== JSON.stringify(counts))
    fail(`counters ${JSON.stringify(progress.counts)} but rows ${JSON.stringify(counts)}`);
  if (JSON.stringify(manifest.counts) !== JSON.stringify(counts)) fail('the manifest counts other rows');
  if (manifest.scanned !== rows.size || finalCount(counts) !== rows.size) fail('scanned is not the number of rows');
  const failed = [...rows.values()]
    .filter((row) => row.outcome === 'failure')
    .map(itemOf)
    .sort();
  const findings = (await store.findings(job, undefined, 10_000)).filter(
    (finding) => !finding.reopened && finding.row.outcome === 'failure',
  );
  if (findings.map((finding) => finding.item).join() !== failed.join()) fail('findings differ from failures');
  const letters = schedule.deadLetters
    .peek(10_000)
    .map((message) => JSON.parse(message.body))
    .filter((letter) => letter.job === job)
    .map(({ item }) => item)
    .sort();
  if (letters.join() !== failed.join()) fail(`dead letters ${letters.join()} but failures ${failed.join()}`);
  return { manifest, rows };
}

/** Whatever is called proven is in the target with the source's content, and whatever the source held at the last cut-off has an outcome. */
export async function checkTruth({ world, ports }: Schedule, job: JobId, { rows }: Evidence): Promise<void> {
  for (const row of rows.values()) {
    if (row.outcome !== 'success') continue;
    const held = row.instance && world.target.images.get(row.instance);
    if (!held) fail(`${row.code}, but not in the target: ${row.instance}`);
    if (row.md5Source !== held.md5 || row.md5Target !== held.md5) fail(`false proof of ${row.instance}`);
  }
  const round = (await ports.store.job(job))?.round ?? 0;
  const cutOff = (await ports.store.checkpoint(job, round))?.cutOff ?? fail('no cut-off was taken');
  for (const [id, image] of world.source.images) {
    if ((world.source.storedAt.get(id) ?? 0) > cutOff) continue;
    const row = rows.get(id) ?? fail(`${id} has no outcome`);
    const quirk = world.quirks.get(id);
    const held = world.target.images.get(id);
    if (row.outcome === 'success' && held?.md5 !== image.md5) fail(`${id} differs`);
    if (quirk === undefined && row.outcome !== 'success') fail(`${id} is sound, but ${row.code}`);
    if (quirk !== undefined && row.outcome === 'success') fail(`${id} is ${quirk}, but ${row.code}`);
  }
  for (const id of world.target.images.keys()) if (world.quirks.get(id) === 'damaged') fail(`damaged ${id} was stored`);
}
