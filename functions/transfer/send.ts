import type { HttpAnswer, Side } from '../core/answer.ts';
import type { Md5, OrthancId } from '../core/ids.ts';
import type { OutcomeCode } from '../core/outcome.ts';
import type { PlanEntry } from '../core/plan.ts';
import { type Verdict, verdictOfAnswer, verdictOfBreakage } from '../core/verdict.ts';
import type { Recorded, Relay, RelayResult } from '../orthanc/server.ts';
import { unreachable } from './lookup.ts';
import { mayBlockAgain, noticedBefore } from './outage.ts';
import { type Attempt, type Blockage, endpointName } from './worker.ts';

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

/** Orthanc before 1.11.3 announces a file beyond this size (bytes) and sends no body. */
const NO_BODY_ABOVE = 2 ** 31;

/** Sends one instance, with quick retries. Sets `attempt.blockage` when an endpoint cannot take work. */
export async function send(attempt: Attempt, relay: Relay, entry: PlanEntry, recorded: Recorded): Promise<Sent> {
  const { retries, ports } = attempt.worker;
  let maybeSent = false;
  let misread: Mismatch | undefined;
  for (let tried = 1; ; tried += 1) {
    if (attempt.blockage) return { kind: 'given-up' };
    const startedAt = ports.clock.now();
    const result = await relay({ instance: entry.id, recorded, throttle: attempt.pool.throttle.pass });
    if (result.kind === 'stored') return stored(attempt, entry, result, startedAt, tried);
    maybeSent ||= result.kind === 'broken' && result.side === 'target' && result.breakage.requestSent;
    const judged = await judge(attempt, entry, result);
    if (judged === 'blocked') return { kind: 'given-up' };
    if (result.kind === 'mismatch') {
      if (isSameReading(result, misread)) return { kind: 'final', code: damage(recorded, result), maybeSent };
      misread = result;
    }
    const answer = result.kind === 'answer' ? { answer: result.answer } : {};
    if (judged.retryClass !== 'retry') return { kind: 'final', code: judged.outcome, ...answer, maybeSent };
    if (tried >= retries.quickTries) return { kind: 'failed', code: judged.outcome, ...answer, maybeSent };
    await ports.clock.sleep(retries.quickDelayMs * 2 ** (tried - 1));
  }
}

function stored(
  attempt: Attempt,
  entry: PlanEntry,
  result: RelayResult & { kind: 'stored' },
  startedAt: number,
  tries: number,
): Sent {
  attempt.pool.succeeded(result.bytes, startedAt);
  attempt.worker.streak(attempt.job.source).succeeded();
  attempt.worker.streak(attempt.job.target).succeeded();
  if (result.status === 'FilteredOut') return { kind: 'final', code: 'TARGET_FILTERED_OUT', maybeSent: false };
  attempt.worker.ports.log.debug({ instance: entry.id, bytes: result.bytes, tries }, 'stored');
  return { kind: 'stored', id: result.id, md5: result.md5, bytes: result.bytes, status: result.status, tries };
}

type Mismatch = RelayResult & { kind: 'mismatch' };

/** Reading the same wrong bytes twice, from a server that answers, tells a damaged file from a broken line. */
function isSameReading(a: Mismatch, b: Mismatch | undefined): boolean {
  return b !== undefined && a.bytes === b.bytes && a.md5 === b.md5;
}

function damage(recorded: Recorded, { bytes }: Mismatch): OutcomeCode {
  return bytes === 0 && recorded.size >= NO_BODY_ABOVE ? 'SOURCE_NO_BODY' : 'SOURCE_DAMAGED';
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

async function judge(
  attempt: Attempt,
  entry: PlanEntry,
  result: Exclude<RelayResult, { kind: 'stored' }>,
): Promise<Verdict | 'blocked'> {
  const { side, verdict, detail } = verdictOf(result);
  const name = endpointName(attempt, side);
  if (verdict.retryClass === 'permanent' || verdict.retryClass === 'source-gone') return verdict;
  if (side === 'target') attempt.pool.overloaded();
  const crashing = result.kind === 'broken' && side === 'target' && result.breakage.requestSent;
  if (verdict.gate)
    return block(attempt, { side, gate: verdict.gate, message: `${side} ${name}: ${detail}`, crashed: crashing });
  const gone = await unreachable(side === 'source' ? attempt.source : attempt.target);
  if (gone)
    return block(attempt, { side, gate: gone.verdict.gate ?? 'FAILING', message: gone.message, crashed: crashing });
  if (result.kind === 'mismatch') return verdict;
  const noticed = await noticedBefore(attempt, side);
  if (noticed) return block(attempt, { side, gate: 'FAILING', message: noticed, crashed: crashing });
  if (attempt.worker.streak(name).failed(entry.id, detail) && (await mayBlockAgain(attempt, side)))
    return block(attempt, {
      side,
      gate: 'FAILING',
      message: `${side} ${name}: different instances in a row fail alike: ${detail}`,
      crashed: false,
    });
  attempt.worker.ports.log.warn({ instance: entry.id, side }, `transfer failed: ${detail}`);
  return verdict;
}

function block(attempt: Attempt, blockage: Blockage): 'blocked' {
  // Of several that notice the outage, one that saw the target break down under its request says more than the others.
  if (!attempt.blockage || (blockage.crashed && !attempt.blockage.crashed)) attempt.blockage = blockage;
  return 'blocked';
}
