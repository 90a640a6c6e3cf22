import { DumpError } from '../../../functions/core/dump.ts';
import { Postponed } from '../../../functions/core/errors.ts';
import { systemCode } from '../state-error.ts';

/** How long work waits for file handles or memory to become free. */
const SHORTAGE_SECONDS = 30;

/** Whether the error says that there is nothing under that name, or no longer. */
export function isGone(error: unknown): boolean {
  return /^(ENOENT|ENOTDIR)$/.test(systemCode(error) ?? '');
}

/** What an error of the file system says about a file of a dump. Neither the message nor its cause names the file. */
export function dumpErrorOf(error: unknown): DumpError | Postponed {
  const code = systemCode(error) ?? 'unknown error';
  // This process or machine is short of something; that says nothing of the file.
  if (/^(EMFILE|ENFILE|ENOMEM|EAGAIN)$/.test(code))
    return new Postponed('TOO_MANY_OPEN_FILES', `no file can be opened for now (${code})`, SHORTAGE_SECONDS);
  // ESTALE: deleted on the server of a network file system while it was open here.
  if (isGone(error) || code === 'ESTALE')
    return new DumpError('FILE_VANISHED', `a file of the dump is no longer there (${code})`);
  return new DumpError('FILE_UNREADABLE', `a file of the dump cannot be read (${code})`);
}
