import { join } from 'node:path';
import { pino } from 'pino';
import type { Log } from '../../functions/core/ports.ts';
import { RotatingFile } from './rotating-file.ts';
import { stateErrorOfFile } from './state-error.ts';

export const LOG_FILE = 'log.ndjson';

export interface LogOptions {
  /** Also to `print`, and with the debug level. */
  readonly verbose: boolean;
  /** Writes a line to stderr. */
  readonly print?: (line: string) => void;
  /** Bytes after which the file is set aside; 16 MiB. Four such files are kept. */
  readonly maxBytes?: number;
}

export interface FileLog extends Log {
  close(): void;
}

/** The log of a state directory, which must exist, as NDJSON. Raises `STATE_NOT_WRITABLE` or `STATE_DISK_FULL`. */
export function openLog(directory: string, options: LogOptions): FileLog {
  const { verbose, print = (line) => process.stderr.write(line), maxBytes = 16 * 1024 * 1024 } = options;
  const level = verbose ? 'debug' : 'info';
  const file = openFile(join(directory, LOG_FILE), maxBytes);
  const streams = [
    { level, stream: file },
    ...(verbose ? [{ level, stream: { write: readable(print) } }] : []),
  ] as const;
  const logger = pino(
    {
      level,
      base: { pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Nothing logs these on purpose; an object that is logged as a whole must not either.
      redact: ['authorization', 'password', '*.authorization', '*.password', '*.tls'],
    },
    pino.multistream([...streams]),
  );
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    close: () => file.close(),
  };
}

function openFile(path: string, maxBytes: number): RotatingFile {
  try {
    return new RotatingFile(path, { maxBytes, keep: 4 });
  } catch (error) {
    throw stateErrorOfFile(error, path);
  }
}

/** Turns a line of NDJSON into one for people. */
function readable(print: (line: string) => void): (line: string) => void {
  return (line) => {
    const { level, time, pid: _, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
    const rest = Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : '';
    print(`${time} ${String(level).padEnd(5)} ${msg}${rest}\n`);
  };
}
