import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { systemCode } from './state-error.ts';

/** Names one process for all time, as far as the system lets us. */
export interface ProcessIdentity {
  readonly host: string;
  /** Where `pid` means something: this boot and this PID namespace on Linux; empty where unknown. */
  readonly scope: string;
  readonly pid: number;
  /** When it started, in the system's own unit; tells it from a later process with the same pid. Empty where unknown. */
  readonly start: string;
}

export function ownIdentity(): ProcessIdentity {
  return { host: hostname(), scope: scope(), pid: process.pid, start: startOf(process.pid) ?? '' };
}

/** Whether we can tell from here if that process lives: containers may share a host name, but not their processes. */
export function isLocal(identity: ProcessIdentity, own: ProcessIdentity): boolean {
  return identity.host === own.host && identity.scope === own.scope;
}

/** Only for a local process. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identity.start === '' ? takesSignals(identity.pid) : startOf(identity.pid) === identity.start;
}

/**
 * The start time of a process that is there and no zombie: field 22 of /proc/<pid>/stat, see proc_pid_stat(5). The name in
 * field 2 may hold spaces and parentheses.
 */
function startOf(pid: number): string | undefined {
  const stat = readProc(`/proc/${pid}/stat`);
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return state === 'Z' || state === 'X' ? undefined : rest[18];
}

function scope(): string {
  try {
    return `${readProc('/proc/sys/kernel/random/boot_id').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function takesSignals(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, but somebody else's.
    return systemCode(error) === 'EPERM';
  }
}
