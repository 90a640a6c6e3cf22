import { type Comparison, compare } from '../attempt/compare.ts';
import type { Job } from '../core/job.ts';
import type { OutcomeCode } from '../core/outcome.ts';
import type { FileEntry } from '../core/plan.ts';
import type { Recorded } from '../orthanc/server.ts';

export type Step =
  | { readonly kind: 'final'; readonly code: OutcomeCode }
  | { readonly kind: 'send' }
  /** To be read and held against what the target recorded. */
  | { readonly kind: 'compare'; readonly target: Recorded }
  /** To be read to its end, since only that tells whether its key fits and its compression is whole. */
  | { readonly kind: 'unwrap' }
  /** In the next round. */
  | { readonly kind: 'wait' }
  /** It cannot be told what to do: one of its attempts is spent. */
  | { readonly kind: 'failed'; readonly code: OutcomeCode };

/** What shows without a look inside. */
export type Settled = Extract<Step, { readonly kind: 'final' | 'wait' | 'failed' }>;

export function isSettled(step: Step): step is Settled {
  return step.kind === 'final' || step.kind === 'wait' || step.kind === 'failed';
}

/** What cannot be told from the entry and the target's record alone. */
export type Open =
  /** Whether the target's instance, of which this is the record, has pixel data decides. */
  | { readonly kind: 'look-at-pixels'; readonly target: Recorded }
  /** After the files that go before it, unless this is the last chance. */
  | { readonly kind: 'after-rivals' };

/** What to do about one planned file, given what the target knows of its instance. */
export function decide(job: Job, entry: FileEntry, target: Recorded | undefined): Step | Open {
  if (entry.final) return { kind: 'final', code: entry.final.code };
  if (entry.content.kind !== 'dicom') return { kind: 'unwrap' };
  if (entry.last) return { kind: 'wait' };
  if (entry.headerOnly) return target ? { kind: 'look-at-pixels', target } : withoutPixels(job);
  if (entry.rivals && target && replacesTarget(job)) return { kind: 'wait' };
  if (target) return { kind: 'compare', target };
  if (entry.rivals) return job.kind === 'import' ? { kind: 'after-rivals' } : { kind: 'final', code: 'SECOND_FILE' };
  return absent(job, entry);
}

/** Whether what the target holds may be replaced by the file that goes first: that happens in the round that reads the dump. */
function replacesTarget({ kind, options, round }: Job): boolean {
  return kind === 'import' && options.conflict === 'overwrite' && round === 1;
}

export function withoutPixels(job: Job): Step {
  if (!job.options.acceptHeaderOnly) return { kind: 'final', code: 'PIXEL_DATA_MISSING' };
  return job.kind === 'import' ? { kind: 'send' } : { kind: 'final', code: 'WOULD_SEND' };
}

export function absent(job: Job, entry: FileEntry): Step {
  if (job.kind !== 'import') return { kind: 'final', code: 'WOULD_SEND' };
  // It was proven to be there before: something removes images from this target, and sending again would hide that.
  if (entry.prior?.outcome === 'success' || entry.prior?.outcome === 'warning')
    return { kind: 'final', code: 'TARGET_LOST' };
  return { kind: 'send' };
}

/** What to do about a file that was read, whose instance the target has. */
export function compared(job: Job, entry: FileEntry, read: Recorded, target: Recorded): Step {
  const comparison: Comparison = compare(job, read, target);
  if (comparison === 'same') return { kind: 'final', code: entry.rivals ? 'DUPLICATE' : 'ALREADY_PRESENT' };
  if (comparison === 'same-size') return { kind: 'final', code: 'CHECKED_BY_SIZE_ONLY' };
  if (entry.rivals) return { kind: 'final', code: 'DUPLICATE_CONFLICT' };
  if (job.options.conflict === 'keep-target') return { kind: 'final', code: 'CONFLICT_KEPT' };
  if (job.options.conflict === 'fail') return { kind: 'final', code: 'CONFLICT' };
  return job.kind === 'import' ? { kind: 'send' } : { kind: 'final', code: 'WOULD_SEND' };
}
