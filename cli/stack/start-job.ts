import { newJobId } from '../../functions/control/job-id.ts';
import type { StartRequest } from '../../functions/control/requests.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { RunTexts } from '../options/general.ts';
import type { Console } from '../output/console.ts';
import { runOnStack } from './run-job.ts';
import { withStack } from './with-stack.ts';

/** `Omit` for each member of a union. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
export type WantedOnStack = Without<StartRequest, 'id'>;

/** Starts a job of a stack, or goes on with the unfinished one of the same identity, and follows it. */
export function startOnStack(
  console: Console,
  stack: string,
  wanted: WantedOnStack,
  texts: RunTexts,
): Promise<ExitCode> {
  return withStack(console, stack, texts, (opened) =>
    runOnStack(console, opened, texts, () =>
      // The SDK asks again when it sees no answer: under one id that is still one job.
      opened.ask('start', { ...wanted, id: newJobId(Date.now()) }),
    ),
  );
}
