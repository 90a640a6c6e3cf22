import type { ItemId } from '../core/ids.ts';
import type { ReceiptRow } from '../core/outcome.ts';
import type { PlanEntry } from '../core/plan.ts';
import type { Attempt } from './worker.ts';

/** Called around each item that is sent in careful mode. */
export interface Watch {
  readonly before: (id: ItemId) => Promise<void>;
  readonly after: (id: ItemId) => Promise<void>;
}

/**
 * Brings the entries of one chunk as far as it can, and gives one row for each; `undefined` when an endpoint is blocked or time is
 * short: then nothing is concluded. With a watch, one item after the other.
 */
export type Process = (
  attempt: Attempt,
  entries: readonly PlanEntry[],
  watch?: Watch,
) => Promise<ReceiptRow[] | undefined>;
