import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Daemon, startDaemon } from './daemon.ts';
import { freePort } from './ports.ts';

const run = promisify(execFile);

export interface PostgresOptions {
  readonly port?: number;
  /** Lines of postgresql.conf, `name: value`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface RunningPostgres {
  readonly port: number;
  readonly pid: number;
  /** Creates a database and returns its URI. */
  createDatabase(name: string): Promise<string>;
  /** Runs SQL and returns its rows as text, one line each, columns separated by `|`. */
  sql(database: string, statement: string): Promise<string>;
  stop(): Promise<void>;
  /** SIGQUIT: as if it crashed; everything stays for `restart`. */
  kill(): Promise<void>;
  restart(): Promise<void>;
}

const DEBIAN_HOME = '/usr/lib/postgresql';
const START_TIMEOUT_MS = 60_000;

/** Starts a PostgreSQL cluster of its own on the loopback interface; the user `postgres` needs no password. */
export async function startPostgres(options: PostgresOptions = {}): Promise<RunningPostgres> {
  const bin = await programs();
  const home = await mkdtemp(join(tmpdir(), 'om-postgres-'));
  const data = join(home, 'data');
  const as = await unprivileged(home);
  const [command = '', ...args] = [...as, join(bin, 'initdb')];
  await run(command, [...args, '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'], {
    cwd: home,
  });
  const port = options.port ?? (await freePort());
  const settings = Object.entries({
    listen_addresses: '127.0.0.1',
    unix_socket_directories: home,
    ...options.settings,
  });
  const launch = async (): Promise<Daemon> => {
    const [program = '', ...before] = [...as, join(bin, 'postgres')];
    const logFile = join(home, 'postgres.log');
    const flags = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const daemon = await startDaemon({
      command: program,
      args: [...before, '-D', data, '-p', String(port), ...flags],
      cwd: home,
      logFile,
    });
    await untilReady(daemon, bin, port, logFile);
    return daemon;
  };
  let daemon = await launch();
  const uri = (database: string) => `postgresql://postgres@127.0.0.1:${port}/${database}`;
  const sql = async (database: string, statement: string) => {
    const { stdout } = await run(join(bin, 'psql'), [
      '-X',
      '-A',
      '-t',
      '-v',
      'ON_ERROR_STOP=1',
      '-c',
      statement,
      uri(database),
    ]);
    return stdout.trimEnd();
  };
  return {
    port,
    get pid() {
      return daemon.pid;
    },
    async createDatabase(name) {
      await sql('postgres', `CREATE DATABASE "${name}"`);
      return uri(name);
    },
    sql,
    async stop() {
      // Fast shutdown: does not wait for clients.
      await daemon.end('SIGINT');
      await rm(home, { recursive: true, force: true });
    },
    kill: () => daemon.end('SIGQUIT'),
    async restart() {
      await daemon.end('SIGINT');
      daemon = await launch();
    },
  };
}

/** Debian keeps these programs outside of PATH, one directory per major version. */
async function programs(): Promise<string> {
  const versions = await readdir(DEBIAN_HOME).catch(() => []);
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) {
    throw new Error(`PostgreSQL is missing: nothing in ${DEBIAN_HOME}; install the package postgresql`);
  }
  return join(DEBIAN_HOME, newest, 'bin');
}

/** PostgreSQL refuses to run as root: what to put before its commands. */
async function unprivileged(home: string): Promise<string[]> {
  if (userInfo().uid !== 0) return [];
  const account = (await readFile('/etc/passwd', 'utf8')).split('\n').find((line) => line.startsWith('postgres:'));
  const [, , uid, gid] = account?.split(':') ?? [];
  if (uid === undefined || gid === undefined) throw new Error('no user "postgres": install the package postgresql');
  await chown(home, Number(uid), Number(gid));
  await chmod(home, 0o755);
  return ['/usr/bin/setpriv', '--reuid', uid, '--regid', gid, '--clear-groups', '--pdeathsig', 'KILL', '--'];
}

async function untilReady(daemon: Daemon, bin: string, port: number, logFile: string): Promise<void> {
  const end = Date.now() + START_TIMEOUT_MS;
  while (daemon.running() && Date.now() < end) {
    const ready = run(join(bin, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(port)]);
    if (
      await ready.then(
        () => true,
        () => false,
      )
    )
      return;
    await sleep(50);
  }
  await daemon.end('SIGKILL');
  throw new Error(`PostgreSQL did not start on port ${port}:\n${(await readFile(logFile, 'utf8')).slice(-2000)}`);
}
