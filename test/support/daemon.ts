import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';

export interface DaemonOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Receives standard output and error. */
  readonly logFile: string;
}

/** A server process that never outlives this one. */
export interface Daemon {
  readonly pid: number;
  running(): boolean;
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<void>;
  signal(signal: NodeJS.Signals): void;
  /** Resident memory in bytes. */
  rss(): number;
  /** The largest resident memory so far, in bytes. */
  peakRss(): number;
  /** CPU time used so far, user and system. */
  cpuSeconds(): number;
}

const SETPRIV = '/usr/bin/setpriv';
// USER_HZ, in which Linux reports CPU times to programs on all its usual architectures.
const TICKS_PER_SECOND = 100;

export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const log = openSync(options.logFile, 'a');
  const child = spawn(...tied(options), {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  closeSync(log);
  await once(child, 'spawn');
  // A forgotten server must not keep a test run open.
  child.unref();
  return daemonOf(child);
}

/** The kernel ends the server with us, even after SIGKILL: exit handlers do not run then, nor inside Jest's sandbox. */
export function tied({ command, args }: Pick<DaemonOptions, 'command' | 'args'>): [string, string[]] {
  if (!existsSync(SETPRIV)) return [command, [...args]];
  return [SETPRIV, ['--pdeathsig', 'KILL', '--', command, ...args]];
}

function daemonOf(child: ChildProcess): Daemon {
  const pid = child.pid ?? 0;
  const running = () => child.exitCode === null && child.signalCode === null;
  const status = (field: string) => {
    const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  };
  return {
    pid,
    running,
    signal: (signal) => void child.kill(signal),
    async end(signal) {
      if (!running()) return;
      child.ref();
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
    rss: () => status('VmRSS'),
    peakRss: () => status('VmHWM'),
    cpuSeconds() {
      const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The second field, the name, may hold spaces: count from its closing parenthesis.
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
  };
}
