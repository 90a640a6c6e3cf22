import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { stateErrorOfFile, systemCode } from './state-error.ts';

export const STATE_FILE = 'state.sqlite';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the state lives when no --state-dir is given (XDG Base Directory Specification). */
export function defaultStateDirectory(env: Environment = process.env, home: string = homedir()): string {
  const base = env.XDG_STATE_HOME;
  // The specification says that a relative value is to be ignored.
  return join(base !== undefined && isAbsolute(base) ? base : join(home, '.local', 'state'), 'orthanc-migrate');
}

/**
 * Makes the directory and its state file, readable by the user alone, and returns the file's path. Raises
 * `STATE_NOT_WRITABLE` or `STATE_DISK_FULL`.
 */
export function prepareStateDirectory(directory: string): string {
  const file = join(directory, STATE_FILE);
  try {
    makeWithParents(directory);
    const content = readdirSync(directory);
    // A directory that also holds other things is somebody's own: its permissions are not ours to change.
    if (content.length === 0 || content.includes(STATE_FILE)) chmodSync(directory, 0o700);
    // SQLite gives its -wal and -shm files the permissions of the main file, but that one the default of the user.
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
    return file;
  } catch (error) {
    throw stateErrorOfFile(error, directory);
  }
}

/** Node's own recursion never ends where no directory can be made, as in /proc. */
function makeWithParents(directory: string): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return;
    const parent = dirname(directory);
    if (systemCode(error) !== 'ENOENT' || existsSync(parent)) throw error;
    makeWithParents(parent);
    mkdirSync(directory, { mode: 0o700 });
  }
}
