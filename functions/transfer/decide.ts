import { compare } from '../attempt/compare.ts';
import type { Job } from '../core/job.ts';
import type { OutcomeCode } from '../core/outcome.ts';
import type { InstanceEntry } from '../core/plan.ts';
import type { Recorded } from '../orthanc/server.ts';

export type Decision = { readonly kind: 'send' } | { readonly kind: 'final'; readonly code: OutcomeCode };

const SEND: Decision = { kind: 'send' };

function final(code: OutcomeCode): Decision {
  return { kind: 'final', code };
}

/** What to do about one planned instance, given what both servers know of it. */
export function decide(
  job: Job,
  entry: InstanceEntry,
  source: Recorded | undefined,
  target: Recorded | undefined,
): Decision {
  if (!source) return final('SOURCE_GONE');
  if (!target) return absent(job, entry);
  const comparison = compare(job, source, target);
  if (comparison === 'different') return conflicting(job);
  if (comparison === 'same-size') return final('CHECKED_BY_SIZE_ONLY');
  if (job.kind === 'verify') return final(job.options.check === 'none' ? 'UNCHECKED' : 'EQUAL');
  if (job.options.check === 'none') return final('UNCHECKED');
  // Looked at again since it appeared among the changes of the source: that it was we who stored it stays true.
  return final(entry.prior?.code === 'STORED' ? 'STORED' : 'ALREADY_PRESENT');
}

function absent(job: Job, entry: InstanceEntry): Decision {
  if (job.kind === 'verify') return final('MISSING');
  if (job.kind === 'dry-run') return final('WOULD_SEND');
  // It is there, under an ID that only the target's answer tells.
  if (entry.prior?.code === 'DIFFERENT_ORTHANC_ID') return SEND;
  // It was proven to be there before: something removes images from this target, and sending again would hide that.
  if (entry.prior?.outcome === 'success' || entry.prior?.outcome === 'warning') return final('TARGET_LOST');
  return SEND;
}

function conflicting(job: Job): Decision {
  if (job.kind === 'verify') return final('DIFFERENT');
  if (job.options.conflict === 'keep-target') return final('CONFLICT_KEPT');
  if (job.options.conflict === 'fail') return final('CONFLICT');
  return job.kind === 'dry-run' ? final('WOULD_SEND') : SEND;
}
