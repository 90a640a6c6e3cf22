import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';

const capture = promisify(execFile);

/** What is missing and cannot be got without the user: one line. */
export class MissingError extends Error {
  override readonly name = 'MissingError';
}

export function say(text: string): void {
  console.error(text);
}

/** Debian or a system made from it, with root: the systems on which packages are installed. */
export async function canInstall(): Promise<boolean> {
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release) && userInfo().uid === 0;
}

export async function isInstalled(name: string): Promise<boolean> {
  const status = await capture('dpkg', ['-s', name]).catch(() => ({ stdout: '' }));
  return status.stdout.includes('install ok installed');
}

/** The version that apt would install; `undefined` when it knows none. */
export async function candidate(name: string): Promise<string | undefined> {
  const { stdout } = await capture('apt-cache', ['policy', name], { env: { ...process.env, LC_ALL: 'C' } });
  const version = /^\s*Candidate: (\S+)/m.exec(stdout)?.[1];
  return version === '(none)' ? undefined : version;
}

const POLICY = '/usr/sbin/policy-rc.d';

/** Installs Debian packages; the services that they bring are neither started nor left enabled. */
export async function installPackages(names: readonly string[]): Promise<void> {
  say(`installing the packages ${names.join(', ')} with apt-get (their services are not started) …`);
  const ours = !existsSync(POLICY);
  if (ours) await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const flags = ['-y', '-q', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0', '-o', 'DPkg::Lock::Timeout=300'];
    await runQuietly('apt-get', ['install', ...flags, ...names], env);
  } finally {
    if (ours) await rm(POLICY, { force: true });
  }
  if (existsSync('/run/systemd/system')) {
    for (const name of names) await capture('systemctl', ['disable', `${name}.service`]).catch(() => undefined);
  }
}

export async function updatePackageLists(): Promise<void> {
  await runQuietly('apt-get', ['update', '-q', '-o', 'DPkg::Lock::Timeout=300'], process.env);
}

/** Runs a command; its output is shown only when it fails. */
export async function runQuietly(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code === 0) return;
  say(Buffer.concat(output).toString().split('\n').slice(-30).join('\n'));
  throw new MissingError(`"${[command, ...args].join(' ')}" failed with exit code ${code}: see above`);
}
