import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/**
 * A second opinion on what the product claims. It shares no code with the product and asks the servers in the plainest way
 * that every Orthanc understands.
 */

export interface StoredInstance {
  readonly size: number;
  /** Absent when the server records none. */
  readonly md5?: string;
}

export interface ServerAddress {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const CONCURRENCY = 8;

/** All instances of a server with size and MD5, by Orthanc ID. */
export async function inventory(server: ServerAddress): Promise<Map<string, StoredInstance>> {
  const ids = JSON.parse((await get(server, 'instances')) ?? '[]') as string[];
  const found = new Map<string, StoredInstance>();
  const queue = ids.values();
  const worker = async () => {
    for (const id of queue) {
      const size = await get(server, `instances/${id}/attachments/dicom/size`);
      const md5 = await get(server, `instances/${id}/attachments/dicom/md5`);
      found.set(id, { size: Number(size), ...(md5 ? { md5 } : {}) });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  return found;
}

async function get(server: ServerAddress, path: string): Promise<string | undefined> {
  const answer = await fetch(new URL(path, server.url), { headers: { ...server.headers } });
  const text = await answer.text();
  if (answer.status === 404) return undefined;
  if (!answer.ok) throw new Error(`GET ${path} was answered with ${answer.status}: ${text.slice(0, 200)}`);
  return text.trim();
}

export interface Comparison {
  readonly source: number;
  readonly target: number;
  /** On both, with the same size and MD5. */
  readonly equal: number;
  readonly missing: readonly string[];
  readonly different: readonly string[];
  /** In the target alone. */
  readonly extra: readonly string[];
  /** Nothing missing and nothing different. */
  readonly contained: boolean;
}

/** Compares what two servers hold. Without an MD5 on one side two instances count as different. */
export async function compareServers(source: ServerAddress, target: ServerAddress): Promise<Comparison> {
  const [left, right] = await Promise.all([inventory(source), inventory(target)]);
  const missing: string[] = [];
  const different: string[] = [];
  for (const [id, wanted] of left) {
    const there = right.get(id);
    if (!there) missing.push(id);
    else if (!wanted.md5 || there.md5 !== wanted.md5 || there.size !== wanted.size) different.push(id);
  }
  return {
    source: left.size,
    target: right.size,
    equal: left.size - missing.length - different.length,
    missing,
    different,
    extra: [...right.keys()].filter((id) => !left.has(id)),
    contained: missing.length + different.length === 0,
  };
}

type Fields = Readonly<Record<string, unknown>>;

export interface EvidenceReport {
  readonly manifest: Fields;
  /** All rows of all shards. */
  readonly rows: readonly Fields[];
  readonly byOutcome: Readonly<Record<string, number>>;
  readonly byCode: Readonly<Record<string, number>>;
  /** What does not agree with the manifest; empty for sound evidence. */
  readonly problems: readonly string[];
}

interface Shard {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly outcome: string;
}

/** Recounts and rehashes the evidence of one job: the directory that holds `manifest.json`. */
export async function checkEvidence(directory: string): Promise<EvidenceReport> {
  const manifest = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8')) as Fields & {
    readonly shards: readonly Shard[];
  };
  const rows: Fields[] = [];
  const problems: string[] = [];
  for (const shard of manifest.shards) {
    const read = await readShard(join(directory, shard.path));
    rows.push(...read.rows);
    const expect = (what: string, actual: unknown, stated: unknown) => {
      if (actual !== stated) problems.push(`${shard.path}: ${what} is ${actual}, the manifest says ${stated}`);
    };
    expect('the number of rows', read.rows.length, shard.rows);
    expect('the size', read.bytes, shard.bytes);
    expect('the SHA-256', read.sha256, shard.sha256);
    const strangers = read.rows.filter((row) => String(row.outcome).toLowerCase() !== shard.outcome.toLowerCase());
    if (strangers.length > 0) problems.push(`${shard.path}: ${strangers.length} rows are not ${shard.outcome}`);
  }
  const subjects = new Set(rows.map(subjectOf));
  if (subjects.size !== rows.length) problems.push(`${rows.length - subjects.size} rows repeat an instance or a file`);
  return { manifest, rows, byOutcome: tally(rows, 'outcome'), byCode: tally(rows, 'code'), problems };
}

/** What a row is about: an instance, or a file of a dump, or a member of an archive in it. */
function subjectOf({ instance, file, member }: Fields): string {
  return file === undefined ? `${instance}` : JSON.stringify([file, (member as Fields | undefined)?.number]);
}

async function readShard(path: string): Promise<{ rows: Fields[]; bytes: number; sha256: string }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = createReadStream(path);
  stream.on('data', (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  const rows: Fields[] = [];
  for await (const line of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line !== '') rows.push(JSON.parse(line) as Fields);
  }
  return { rows, bytes, sha256: hash.digest('hex') };
}

function tally(rows: readonly Fields[], field: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) {
    const value = String(row[field]);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
}
