import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../functions/core/errors.ts';
import { STATE_FILE } from './local/state-directory.ts';
import { type CommonTexts, stateDirectory } from './options/general.ts';
import { openState, type State } from './runtime/state.ts';

/** For commands that look at jobs without running one: what is not there is not made. Raises `UsageError`. */
export async function withState<T>(texts: CommonTexts, use: (state: State) => Promise<T>): Promise<T> {
  const directory = stateDirectory(texts);
  if (!existsSync(join(directory, STATE_FILE)))
    throw new UsageError(`there is no job in ${directory}; "orthanc-migrate replicate SOURCE TARGET" starts one`);
  const state = openState({ directory, verbose: texts.verbose ?? false });
  try {
    return await use(state);
  } finally {
    state.close();
  }
}
