import { judge, mayBeStored, type Sent, stored } from '../attempt/judge.ts';
import { unlessOver } from '../attempt/within-limits.ts';
import type { Attempt } from '../attempt/worker.ts';
import type { OutcomeCode } from '../core/outcome.ts';
import { outcomeOfError } from '../core/outcome-of-error.ts';
import type { FileEntry } from '../core/plan.ts';
import type { Body } from '../orthanc/relay/body.ts';
import type { RelayResult, Upload } from '../orthanc/server.ts';

export interface Shipment {
  readonly entry: FileEntry;
  /** Bytes of the content. */
  readonly size: number;
  readonly open: () => Promise<Body>;
  /** It can be opened once only: a second try has to wait for the next round. */
  readonly once?: boolean;
}

/** Sends one file, with quick retries. Sets `attempt.blockage` when the target cannot take work. */
export async function send(attempt: Attempt, upload: Upload, shipment: Shipment): Promise<Sent> {
  const { retries, ports } = attempt.worker;
  const { over } = attempt;
  const { entry, size, open } = shipment;
  const quickTries = shipment.once ? 1 : retries.quickTries;
  let maybeSent = false;
  let before: OutcomeCode | undefined;
  for (let tried = 1; ; tried += 1) {
    if (attempt.blockage || over?.aborted) return { kind: 'given-up' };
    const startedAt = ports.clock.now();
    const result = await unlessOver(attempt, () => uploadOnce(attempt, upload, { size, open }));
    if (result === undefined) return { kind: 'given-up' };
    if ('damage' in result) {
      // The same finding twice speaks of the file, and not of a passing trouble of its disk.
      const certain = result.damage === before && isDamage(result.damage);
      if (certain || result.damage === 'FILE_VANISHED') return { kind: 'final', code: result.damage, maybeSent };
      before = result.damage;
      if (tried >= quickTries) return { kind: 'failed', code: result.damage, maybeSent };
    } else if (result.kind === 'stored') return stored(attempt, entry.id, result, startedAt, tried);
    else {
      maybeSent ||= mayBeStored(result);
      const judged = await judge(attempt, entry.id, result);
      if (judged === 'blocked') return { kind: 'given-up' };
      const answer = result.kind === 'answer' ? { answer: result.answer } : {};
      if (judged.retryClass !== 'retry') return { kind: 'final', code: judged.outcome, ...answer, maybeSent };
      if (tried >= quickTries) return { kind: 'failed', code: judged.outcome, ...answer, maybeSent };
    }
    await ports.clock.sleep(retries.quickDelayMs * 2 ** (tried - 1), over);
  }
}

async function uploadOnce(
  attempt: Attempt,
  upload: Upload,
  request: Pick<Shipment, 'size' | 'open'>,
): Promise<RelayResult | { readonly damage: OutcomeCode }> {
  try {
    const { over, pool } = attempt;
    const throttle = pool.throttle.limiting;
    const result = await upload({ ...request, ...(over && { signal: over }), ...(throttle && { throttle }) });
    return result.kind === 'mismatch' ? { damage: 'FILE_CHANGED' } : result;
  } catch (error) {
    const code = outcomeOfError(error);
    if (code === undefined) throw error;
    return { damage: code };
  }
}

/** What reading again will not mend, once it was seen twice. */
export function isDamage(code: OutcomeCode): boolean {
  return (
    code === 'FILE_DAMAGED' || code === 'DECRYPTION_FAILED' || code === 'ARCHIVE_DAMAGED' || code === 'ARCHIVE_LIMIT'
  );
}
