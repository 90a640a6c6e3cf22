/** How one chunk's state changes. Pure, so that every job store applies the very same rules. */
import type { ChunkState, PlanPage } from './plan.ts';
import type { ChunkChange, Closure } from './ports.ts';

/** The chunk after a change; `undefined` when it is closed, for nothing changes a closed chunk. */
export function changedChunk(chunk: ChunkState, change: ChunkChange): ChunkState | undefined {
  if (chunk.state === 'closed') return undefined;
  switch (change.kind) {
    case 'queued':
      return { ...chunk, queuedAt: change.at };
    case 'started':
      return { ...chunk, started: chunk.started + 1, touchedAt: change.at };
    case 'returned':
      return {
        ...chunk,
        returned: chunk.returned + 1,
        touchedAt: change.at,
        crashes: chunk.crashes + (change.crashed ? 1 : 0),
      };
    case 'suspect':
      return withSuspect(chunk, change);
    case 'condemned': {
      const { suspect: _, ...rest } = chunk;
      const before = chunk.condemned ?? [];
      return { ...rest, condemned: before.includes(change.id) ? before : [...before, change.id] };
    }
  }
}

/** The chunk closed by an attempt; `undefined` when another attempt closed it before. */
export function closedChunk(chunk: ChunkState, closure: Closure): ChunkState | undefined {
  if (chunk.state === 'closed') return undefined;
  return { ...chunk, state: 'closed', receipt: closure.receipt, counts: closure.counts };
}

/** The page with one chunk replaced by what `change` makes of it; `undefined` when that is nothing or there is no such chunk. */
export function pageWithChunk(
  page: PlanPage,
  index: number,
  change: (chunk: ChunkState) => ChunkState | undefined,
): PlanPage | undefined {
  const before = page.chunks[index];
  const after = before && change(before);
  return after && { ...page, chunks: page.chunks.with(index, after) };
}

/** The page with every planned chunk marked as queued. */
export function queuedPage(page: PlanPage, at: number): PlanPage {
  return { ...page, chunks: page.chunks.map((chunk) => changedChunk(chunk, { kind: 'queued', at }) ?? chunk) };
}

function withSuspect(chunk: ChunkState, change: Extract<ChunkChange, { kind: 'suspect' }>): ChunkState {
  const { suspect, ...rest } = chunk;
  if (change.id === undefined) return rest;
  const before = suspect?.id === change.id ? suspect.times : 0;
  return { ...rest, suspect: { id: change.id, times: before + (change.died ? 1 : 0) } };
}
