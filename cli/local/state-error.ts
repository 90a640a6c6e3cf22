import { FatalError } from '../../functions/core/errors.ts';

export type StateCode =
  | 'STATE_BUSY'
  | 'STATE_CORRUPT'
  | 'STATE_DISK_FULL'
  | 'STATE_IN_USE'
  | 'STATE_NEWER_VERSION'
  | 'STATE_NOT_WRITABLE';

/** The state directory cannot be used: nothing can go on, whichever job it belongs to. */
export class StateError extends FatalError {
  constructor(code: StateCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(code, message, options);
  }
}

/** Primary result codes of SQLite (https://www.sqlite.org/rescode.html). */
const SQLITE = {
  perm: 3,
  busy: 5,
  locked: 6,
  readonly: 8,
  ioerr: 10,
  corrupt: 11,
  full: 13,
  cantopen: 14,
  notadb: 26,
} as const;

/** What an error of node:sqlite says about the state file; anything else is returned as it is. */
export function stateErrorOfSqlite(error: unknown, path: string): unknown {
  const errcode = property(error, 'errcode');
  if (typeof errcode !== 'number') return error;
  // The upper bits of an extended result code only refine the primary one.
  switch (errcode & 0xff) {
    case SQLITE.full:
    case SQLITE.ioerr:
      return diskFull(path, error);
    case SQLITE.corrupt:
    case SQLITE.notadb:
      return corrupt(path, error);
    case SQLITE.perm:
    case SQLITE.readonly:
    case SQLITE.cantopen:
      return notWritable(path, error);
    case SQLITE.busy:
    case SQLITE.locked:
      return new StateError('STATE_BUSY', `${path} is locked by another process; try again when it is done`, {
        cause: error,
      });
    default:
      return error;
  }
}

/** What an error of the file system says about a path in the state directory; anything else is returned as it is. */
export function stateErrorOfFile(error: unknown, path: string): unknown {
  switch (systemCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
    case 'EIO':
      return diskFull(path, error);
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOENT':
    case 'ENOTDIR':
    case 'EISDIR':
    case 'EEXIST':
      return notWritable(path, error);
    default:
      return error;
  }
}

/** The code of a system error, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  const code = property(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

// Not by instanceof: the errors of Node's own modules are of another realm inside a vm context, as in Jest.
function property(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}

export function corrupt(path: string, cause?: unknown): StateError {
  const remedy = 'move it away and run the command again: what the target holds already is not sent again';
  return new StateError('STATE_CORRUPT', `${path} is damaged or no state file of orthanc-migrate; ${remedy}`, {
    cause,
  });
}

function diskFull(path: string, cause: unknown): StateError {
  const remedy = 'free some space (or give another --state-dir) and run the same command again, which goes on';
  return new StateError('STATE_DISK_FULL', `cannot write ${path}: its disk is full or failing; ${remedy}`, { cause });
}

function notWritable(path: string, cause: unknown): StateError {
  const why = property(cause, 'errstr') ?? systemCode(cause) ?? 'unknown error';
  const remedy = 'make it a directory that you may write to, or give another --state-dir';
  return new StateError('STATE_NOT_WRITABLE', `cannot write ${path} (${why}); ${remedy}`, { cause });
}
