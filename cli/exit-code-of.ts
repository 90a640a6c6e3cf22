import type { Tally } from './evidence/tally.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { RunEnd } from './runtime/runtime.ts';

/** What a comparison finds; any other failure kept it from comparing. */
const DIFFERENCES: ReadonlySet<string> = new Set(['MISSING', 'DIFFERENT']);

export function exitCodeOf({ kind, job }: Pick<RunEnd, 'kind' | 'job'>, { counts, codes }: Tally): ExitCode {
  if (kind === 'interrupted') return EXIT.workLeft;
  switch (job.state) {
    case 'completed':
    case 'completed-with-failures': {
      const failed = [...codes].filter(([, { outcome }]) => outcome === 'failure');
      const onlyDifferences = job.kind === 'verify' && failed.every(([code]) => DIFFERENCES.has(code));
      if (counts.failure > 0 && !onlyDifferences) return EXIT.failures;
      return counts.failure + counts.warning > 0 ? EXIT.needsALook : EXIT.done;
    }
    case 'failed':
      return EXIT.fatal;
    default:
      return EXIT.workLeft;
  }
}
