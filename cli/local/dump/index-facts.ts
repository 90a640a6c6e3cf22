import type { IndexFact } from '../../../functions/core/dump.ts';
import { isMd5 } from '../../../functions/core/ids.ts';
import type { BytePath } from './byte-path.ts';
import type { IndexChain } from './index-chain.ts';
import type { IndexRow } from './index-table.ts';
import type { Indexes, OpenIndex } from './open-indexes.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;
/** A server writes a file before it tells its index. Milliseconds. */
const SETTLED_MS = 60_000;

/** A file that an index may know. */
export interface Candidate {
  readonly path: BytePath;
  readonly modifiedAt: number;
  readonly indexes: IndexChain | undefined;
}

/** What the indexes beside the files say of them; nothing of files that are not named as Orthanc names them. */
export async function indexFacts<T extends Candidate>(
  files: readonly T[],
  indexes: Indexes,
): Promise<ReadonlyMap<T, IndexFact>> {
  const facts = new Map<T, IndexFact>();
  for (const [chain, named] of byChain(files)) {
    const index = await indexes.nearest(chain);
    const rows = await index?.lookUp([...named.values()]);
    if (index && rows) await addFacts(facts, named, index, rows);
  }
  return facts;
}

/** UUIDs by their files, by the chain of indexes that the files have. */
function byChain<T extends Candidate>(files: readonly T[]): Map<IndexChain, Map<T, string>> {
  const chains = new Map<IndexChain, Map<T, string>>();
  for (const file of files) {
    const uuid = file.indexes && uuidOf(file.path);
    if (!file.indexes || !uuid) continue;
    const named = chains.get(file.indexes) ?? new Map<T, string>();
    chains.set(file.indexes, named.set(file, uuid));
  }
  return chains;
}

function uuidOf(path: BytePath): string | undefined {
  return UUID.exec(path.slice(path.lastIndexOf('/') + 1))?.[0].toLowerCase();
}

async function addFacts<T extends Candidate>(
  facts: Map<T, IndexFact>,
  named: ReadonlyMap<T, string>,
  index: OpenIndex,
  rows: readonly IndexRow[],
): Promise<void> {
  const known = new Map(rows.map((row) => [row[0], row]));
  const complete = rows.length < named.size && (await index.copy.atRest());
  for (const [file, uuid] of named) {
    const row = known.get(uuid);
    if (row) facts.set(file, factOf(row));
    // What a running server has stored of late may be missing in the copy: that makes no orphan.
    else if (complete || file.modifiedAt < index.copy.copiedAt - SETTLED_MS) facts.set(file, { known: false });
  }
}

function factOf([, type, size, md5]: IndexRow): IndexFact {
  // Empty with StoreMD5ForAttachments switched off.
  return { known: true, type, size, ...(isMd5(md5) ? { md5 } : {}) };
}
