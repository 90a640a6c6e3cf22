import { judge, mayBeStored, type Sent, stored } from '../attempt/judge.ts';
import { unlessOver } from '../attempt/within-limits.ts';
import type { Attempt } from '../attempt/worker.ts';
import type { OutcomeCode } from '../core/outcome.ts';
import type { InstanceEntry } from '../core/plan.ts';
import type { Recorded, Relay, RelayResult } from '../orthanc/server.ts';

/** Orthanc before 1.11.3 announces a file beyond this size (bytes) and sends no body. */
const NO_BODY_ABOVE = 2 ** 31;

/** Sends one instance, with quick retries. Sets `attempt.blockage` when an endpoint cannot take work. */
export async function send(attempt: Attempt, relay: Relay, entry: InstanceEntry, recorded: Recorded): Promise<Sent> {
  const { retries, ports } = attempt.worker;
  const { over } = attempt;
  const throttle = attempt.pool.throttle.limiting;
  let maybeSent = false;
  let misread: Mismatch | undefined;
  for (let tried = 1; ; tried += 1) {
    if (attempt.blockage || over?.aborted) return { kind: 'given-up' };
    const startedAt = ports.clock.now();
    const request = { instance: entry.id, recorded, ...(over && { signal: over }), ...(throttle && { throttle }) };
    const result = await unlessOver(attempt, () => relay(request));
    if (result === undefined) return { kind: 'given-up' };
    if (result.kind === 'stored') return stored(attempt, entry.id, result, startedAt, tried);
    maybeSent ||= mayBeStored(result);
    const judged = await judge(attempt, entry.id, result);
    if (judged === 'blocked') return { kind: 'given-up' };
    if (result.kind === 'mismatch') {
      if (isSameReading(result, misread)) return { kind: 'final', code: damage(recorded, result), maybeSent };
      misread = result;
    }
    const answer = result.kind === 'answer' ? { answer: result.answer } : {};
    if (judged.retryClass !== 'retry') return { kind: 'final', code: judged.outcome, ...answer, maybeSent };
    if (tried >= retries.quickTries) return { kind: 'failed', code: judged.outcome, ...answer, maybeSent };
    await ports.clock.sleep(retries.quickDelayMs * 2 ** (tried - 1), over);
  }
}

type Mismatch = RelayResult & { kind: 'mismatch' };

/** Reading the same wrong bytes twice, from a server that answers, tells a damaged file from a broken line. */
function isSameReading(a: Mismatch, b: Mismatch | undefined): boolean {
  return b !== undefined && a.bytes === b.bytes && a.md5 === b.md5;
}

function damage(recorded: Recorded, { bytes }: Mismatch): OutcomeCode {
  return bytes === 0 && recorded.size >= NO_BODY_ABOVE ? 'SOURCE_NO_BODY' : 'SOURCE_DAMAGED';
}
