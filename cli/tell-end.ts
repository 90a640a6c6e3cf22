import type { DumpContent } from '../functions/evidence/dump-content.ts';
import { exitCodeOf } from './exit-code-of.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { RunTexts } from './options/general.ts';
import type { Console } from './output/console.ts';
import type { RunEnd } from './runtime/runtime.ts';
import { dumpEvent, dumpLines } from './summary/dump.ts';
import { endEvent, summaryLines, type Told } from './summary/summary.ts';

/** How a run of a job ended. */
export interface Ending extends Omit<Told, 'state'> {
  readonly kind: RunEnd['kind'];
  /** Of a dry run of an import: what is there. */
  readonly content: DumpContent | undefined;
}

/** Tells how a run ended, as it was asked for, and returns the exit code. */
export function tellEnd(console: Console, { json, quiet }: RunTexts, ending: Ending): ExitCode {
  const { kind, job, tally, content } = ending;
  const code = exitCodeOf({ kind, job }, tally);
  const told: Told = { ...ending, state: kind === 'interrupted' ? kind : job.state };
  if (json) console.out(JSON.stringify({ ...endEvent(told), ...(content && dumpEvent(content)), exitCode: code }));
  else if (!quiet || code !== EXIT.done)
    for (const line of [...(content ? dumpLines(content) : []), ...summaryLines(told)]) console.out(line);
  return code;
}
