import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Daemon, startDaemon } from './daemon.ts';
import { hostBinary, type OrthancBinary, type OrthancVersion, orthancBinary } from './orthanc-binaries.ts';
import { configuration, type PostgresIndex } from './orthanc-configuration.ts';
import { freePort } from './ports.ts';

export type { OrthancVersion };

export interface OrthancOptions {
  readonly version: OrthancVersion;
  /** Any Orthanc configuration; wins over the defaults. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** User names and passwords; switches authentication on. */
  readonly users?: Readonly<Record<string, string>>;
  /** Keeps the index (and the files, with `storage`) in PostgreSQL. */
  readonly postgres?: PostgresIndex;
  /** Source of a Lua script. */
  readonly lua?: string;
  readonly port?: number;
  /** Directory of the files and, unless `index` is given, of the SQLite index. It survives `stop`; the default does not. */
  readonly storage?: string;
  readonly index?: string;
  /** Another Orthanc than the tested ones: the path of its executable. */
  readonly binary?: string;
}

export interface RunningOrthanc {
  /** `http://127.0.0.1:port/` */
  readonly url: string;
  readonly port: number;
  readonly storageDir: string;
  readonly indexDir: string;
  readonly logFile: string;
  /** Of the present process: changes with `restart`. */
  readonly pid: number;
  /** As the server itself reports it: 1.13.0. */
  readonly version: string;
  /** A header to send with each request; empty without `users`. */
  readonly headers: Readonly<Record<string, string>>;
  running(): boolean;
  /** Ends it in an orderly way and removes its temporary files. */
  stop(): Promise<void>;
  /** SIGKILL; everything stays for `restart`. */
  kill(): Promise<void>;
  /** Ends it in an orderly way, if it runs, and starts it on the same port and storage, with other options if given. */
  restart(changes?: Pick<Partial<OrthancOptions>, 'version' | 'config' | 'users' | 'lua'>): Promise<void>;
  /** SIGSTOP and SIGCONT: connections are accepted by the kernel, but nothing answers. */
  pause(): void;
  resume(): void;
  rss(): number;
  peakRss(): number;
  cpuSeconds(): number;
}

const START_TIMEOUT_MS = 60_000;

/** Starts a real Orthanc server on the loopback interface and waits until it answers. */
export async function startOrthanc(options: OrthancOptions): Promise<RunningOrthanc> {
  const home = await mkdtemp(join(tmpdir(), 'om-orthanc-'));
  const storageDir = options.storage ?? join(home, 'storage');
  const indexDir = options.index ?? storageDir;
  await mkdir(storageDir, { recursive: true });
  await mkdir(indexDir, { recursive: true });
  const port = options.port ?? (await freePort());
  const place: Place = { home, storageDir, indexDir, port, logFile: join(home, 'orthanc.log') };
  let present = options;
  let daemon = await launch(present, place).catch(async (error: unknown) => {
    await rm(home, { recursive: true, force: true });
    throw error;
  });
  return {
    url: `${present.config?.SslEnabled === true ? 'https' : 'http'}://127.0.0.1:${port}/`,
    port,
    storageDir,
    indexDir,
    logFile: place.logFile,
    get pid() {
      return daemon.pid;
    },
    get version() {
      return daemon.version;
    },
    get headers() {
      return authorization(present);
    },
    running: () => daemon.running(),
    async stop() {
      // A stopped (paused) process takes no SIGTERM.
      daemon.signal('SIGCONT');
      await daemon.end('SIGTERM');
      await rm(home, { recursive: true, force: true });
    },
    kill: () => daemon.end('SIGKILL'),
    async restart(changes = {}) {
      daemon.signal('SIGCONT');
      await daemon.end('SIGTERM');
      present = { ...present, ...changes };
      daemon = await launch(present, place);
    },
    pause: () => daemon.signal('SIGSTOP'),
    resume: () => daemon.signal('SIGCONT'),
    rss: () => daemon.rss(),
    peakRss: () => daemon.peakRss(),
    cpuSeconds: () => daemon.cpuSeconds(),
  };
}

interface Place {
  readonly home: string;
  readonly storageDir: string;
  readonly indexDir: string;
  readonly port: number;
  readonly logFile: string;
}

async function launch(options: OrthancOptions, place: Place): Promise<Daemon & { readonly version: string }> {
  const binary = await chosenBinary(options);
  const file = join(place.home, 'orthanc.json');
  await writeFile(file, JSON.stringify(await configuration(binary, options, place), undefined, 2), { mode: 0o600 });
  const begin = (await readFile(place.logFile, 'utf8').catch(() => '')).length;
  const daemon = await startDaemon({
    command: binary.command,
    args: [...binary.args, file],
    env: binary.env,
    cwd: place.home,
    logFile: place.logFile,
  });
  try {
    await untilReady(daemon, options, place, begin);
  } catch (error) {
    await daemon.end('SIGKILL');
    throw error;
  }
  return { ...daemon, version: binary.version };
}

async function chosenBinary(options: OrthancOptions): Promise<OrthancBinary> {
  if (options.binary === undefined) return orthancBinary(options.version);
  const binary = await hostBinary(options.binary);
  if (!binary) throw new Error(`${options.binary} is no Orthanc that runs here`);
  return binary;
}

async function untilReady(daemon: Daemon, options: OrthancOptions, place: Place, begin: number): Promise<void> {
  const end = Date.now() + START_TIMEOUT_MS;
  const log = async () => (await readFile(place.logFile, 'utf8')).slice(begin);
  while (daemon.running() && Date.now() < end) {
    if ((await log()).includes('Orthanc has started') && (await answers(options, place.port))) return;
    await sleep(50);
  }
  const why = daemon.running() ? `does not answer after ${START_TIMEOUT_MS / 1000} s` : 'ended while it started';
  throw new Error(`Orthanc ${options.version} on port ${place.port} ${why}; its log:\n${(await log()).slice(-4000)}`);
}

async function answers(options: OrthancOptions, port: number): Promise<boolean> {
  // The certificate of a TLS server is the test's own: its log has to do.
  if (options.config?.SslEnabled === true) return true;
  const request = fetch(`http://127.0.0.1:${port}/system`, { headers: authorization(options) });
  return request.then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.ok || answer.status === 401;
    },
    () => false,
  );
}

function authorization(options: OrthancOptions): Record<string, string> {
  const [user] = Object.entries(options.users ?? {});
  if (!user) return {};
  return { authorization: `Basic ${Buffer.from(user.join(':')).toString('base64')}` };
}
