import { createHash } from 'node:crypto';
import { addCounts, type Counts, countRow, NO_COUNTS } from '../core/counts.ts';
import type { JobId } from '../core/ids.ts';
import type { OutcomeClass, OutcomeRow } from '../core/outcome.ts';
import type { ObjectStore } from '../core/ports.ts';
import { evidencePrefix, type Shard } from './manifest.ts';

/** A shard is written when its rows reach this size (bytes): half a billion rows stay readable, and memory stays flat. */
const SHARD_BYTES = 16 * 1024 * 1024;

interface Open {
  readonly parts: Uint8Array[];
  bytes: number;
  rows: number;
  number: number;
}

/** Sorts rows into NDJSON shards by outcome: `SUCCESS/000001.ndjson` and so on. */
export class ShardWriter {
  readonly #objects: ObjectStore;
  readonly #job: JobId;
  readonly #before: readonly Shard[];
  readonly #open = new Map<OutcomeClass, Open>();
  readonly #shards: Shard[] = [];
  readonly #encoder = new TextEncoder();
  #counts = NO_COUNTS;

  /** Goes on behind the shards that are there already. */
  constructor(objects: ObjectStore, job: JobId, before: readonly Shard[]) {
    this.#objects = objects;
    this.#job = job;
    this.#before = before;
  }

  get counts(): Counts {
    return this.#counts;
  }

  async add(row: OutcomeRow): Promise<void> {
    this.#counts = addCounts(this.#counts, countRow(row));
    const open = this.#open.get(row.outcome) ?? { parts: [], bytes: 0, rows: 0, number: this.#first(row.outcome) };
    this.#open.set(row.outcome, open);
    const line = this.#encoder.encode(`${JSON.stringify(row)}\n`);
    open.parts.push(line);
    open.bytes += line.length;
    open.rows += 1;
    if (open.bytes >= SHARD_BYTES) await this.#write(row.outcome, open);
  }

  async finish(): Promise<readonly Shard[]> {
    for (const [outcome, open] of this.#open) if (open.rows > 0) await this.#write(outcome, open);
    return this.#shards;
  }

  #first(outcome: OutcomeClass): number {
    return 1 + this.#before.filter((shard) => shard.outcome === outcome).length;
  }

  async #write(outcome: OutcomeClass, open: Open): Promise<void> {
    const path = `${outcome.toUpperCase()}/${String(open.number).padStart(6, '0')}.ndjson`;
    const body = Buffer.concat(open.parts);
    await this.#objects.write(evidencePrefix(this.#job) + path, body);
    const sha256 = createHash('sha256').update(body).digest('hex');
    this.#shards.push({ path, outcome, rows: open.rows, bytes: body.length, sha256 });
    this.#open.set(outcome, { parts: [], bytes: 0, rows: 0, number: open.number + 1 });
  }
}
