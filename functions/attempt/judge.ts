import type { HttpAnswer, Side } from '../core/answer.ts';
import { type ItemId, isOrthancId, type Md5, type OrthancId } from '../core/ids.ts';
import type { OutcomeCode } from '../core/outcome.ts';
import { type Verdict, verdictOfAnswer, verdictOfBreakage } from '../core/verdict.ts';
import type { RelayResult } from '../orthanc/server.ts';
import { unreachable } from './lookup.ts';
import { mayBlockAgain, noticedBefore } from './outage.ts';
import { type Attempt, type Blockage, endpointName, serverOf } from './worker.ts';

/** What came of sending one instance; that the target says 200 is not yet a proof. */
export type Sent =
  | {
      readonly kind: 'stored';
      readonly id: OrthancId;
      readonly md5: Md5;
      readonly bytes: number;
      readonly status: 'Success' | 'AlreadyStored';
      readonly tries: number;
    }
  | { readonly kind: 'final'; readonly code: OutcomeCode; readonly answer?: HttpAnswer; readonly maybeSent: boolean }
  | { readonly kind: 'failed'; readonly code: OutcomeCode; readonly answer?: HttpAnswer; readonly maybeSent: boolean }
  /** Not tried to the end: the attempt is over for all. */
  | { readonly kind: 'given-up' };

/** Notes that the target took an item. */
export function stored(
  attempt: Attempt,
  item: ItemId,
  result: RelayResult & { kind: 'stored' },
  startedAt: number,
  tries: number,
): Sent {
  attempt.hasStored = true;
  attempt.pool.succeeded(result.bytes, startedAt);
  attempt.worker.streak(attempt.job.source).succeeded();
  attempt.worker.streak(attempt.job.target).succeeded();
  if (result.status === 'FilteredOut') return { kind: 'final', code: 'TARGET_FILTERED_OUT', maybeSent: false };
  attempt.worker.ports.log.debug({ item: logName(item), bytes: result.bytes, tries }, 'stored');
  return { kind: 'stored', id: result.id, md5: result.md5, bytes: result.bytes, status: result.status, tries };
}

/**
 * Whether the target may have stored the item all the same: it had the request when the connection broke, or a gateway before it
 * answered in its place. What Orthanc itself refuses is not stored.
 */
export function mayBeStored(result: Exclude<RelayResult, { kind: 'stored' }>): boolean {
  if (result.kind === 'mismatch' || result.side === 'source') return false;
  if (result.kind === 'broken') return result.breakage.requestSent;
  const { status, orthanc } = result.answer;
  return !orthanc && (status < 400 || status >= 500);
}

function verdictOf(result: Exclude<RelayResult, { kind: 'stored' }>): {
  readonly side: Side;
  readonly verdict: Verdict;
  readonly detail: string;
} {
  switch (result.kind) {
    case 'mismatch':
      return {
        side: 'source',
        verdict: { retryClass: 'retry', outcome: 'SOURCE_DAMAGED' },
        detail: 'content differs from its MD5',
      };
    case 'answer': {
      const { side, answer } = result;
      const status = answer.orthancStatus === undefined ? '' : `, OrthancStatus ${answer.orthancStatus}`;
      const detail = `HTTP ${answer.status}${status}${answer.orthanc ? '' : ' (not an answer of Orthanc)'}`;
      return { side, verdict: verdictOfAnswer(side, side === 'source' ? 'file' : 'store', answer), detail };
    }
    case 'broken':
      return {
        side: result.side,
        verdict: verdictOfBreakage(result.side, result.breakage),
        detail: `${result.breakage.cause} (${result.breakage.detail})`,
      };
  }
}

/** What to do about an item that was not stored. Sets `attempt.blockage` when an endpoint cannot take work: `blocked` then. */
export async function judge(
  attempt: Attempt,
  item: ItemId,
  result: Exclude<RelayResult, { kind: 'stored' }>,
): Promise<Verdict | 'blocked'> {
  const { side, verdict, detail } = verdictOf(result);
  const name = endpointName(attempt, side);
  if (verdict.retryClass === 'permanent' || verdict.retryClass === 'source-gone') return verdict;
  if (side === 'target') attempt.pool.overloaded();
  const crashing = result.kind === 'broken' && side === 'target' && result.breakage.requestSent;
  if (verdict.gate)
    return block(attempt, { side, gate: verdict.gate, message: `${side} ${name}: ${detail}`, crashed: crashing });
  const gone = await unreachable(serverOf(attempt, side));
  if (gone)
    return block(attempt, { side, gate: gone.verdict.gate ?? 'FAILING', message: gone.message, crashed: crashing });
  if (result.kind === 'mismatch') return verdict;
  const noticed = await noticedBefore(attempt, side);
  if (noticed) return block(attempt, { side, gate: 'FAILING', message: noticed, crashed: crashing });
  if (attempt.worker.streak(name).failed(item, detail) && (await mayBlockAgain(attempt, side)))
    return block(attempt, {
      side,
      gate: 'FAILING',
      message: `${side} ${name}: different instances in a row fail alike: ${detail}`,
      crashed: false,
    });
  attempt.worker.ports.log.warn({ item: logName(item), side }, `transfer failed: ${detail}`);
  return verdict;
}

function block(attempt: Attempt, blockage: Blockage): 'blocked' {
  // Of several that notice the outage, one that saw the target break down under its request says more than the others.
  if (!attempt.blockage || (blockage.crashed && !attempt.blockage.crashed)) attempt.blockage = blockage;
  return 'blocked';
}

/** File names may hold patients' names: a log names instances only. */
function logName(item: ItemId): string {
  return isOrthancId(item) ? item : 'a file';
}
