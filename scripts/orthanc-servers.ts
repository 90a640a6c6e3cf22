import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type OrthancVersion, orthancBinary } from '../test/support/orthanc-binaries.ts';
import { exists, type Release, releaseTree } from '../test/support/servers-home.ts';
import {
  candidate,
  canInstall,
  installPackages,
  isInstalled,
  MissingError,
  runQuietly,
  say,
  updatePackageLists,
} from './host.ts';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const CONTENT: Record<Release, readonly string[]> = { bookworm: ['orthanc'], sid: ['orthanc', 'orthanc-postgresql'] };

/** Sees to it that Orthanc 1.10 and 1.13 can be started. Does nothing when they can. */
export async function ensureServers(): Promise<void> {
  const missing: OrthancVersion[] = [];
  for (const version of ['1.10', '1.13'] as const) if (!(await available(version))) missing.push(version);
  if (missing.length === 0) return;
  if (!(await canInstall())) {
    throw new MissingError(
      `Orthanc ${missing.join(' and ')} is missing; it is installed by itself when this runs as root on Debian or Ubuntu`,
    );
  }
  await updatePackageLists();
  if (missing.includes('1.10')) await installOldest();
  if (missing.includes('1.13')) await bootstrap('sid');
}

/** A look that forgets a failure: what is missing now may be installed next. */
async function available(version: OrthancVersion): Promise<boolean> {
  return orthancBinary(version).then(
    () => true,
    () => false,
  );
}

async function installOldest(): Promise<void> {
  const packaged = (await candidate('orthanc'))?.startsWith('1.10.');
  if (packaged && !(await isInstalled('orthanc'))) return installPackages(['orthanc']);
  return bootstrap('bookworm');
}

/** Unpacks a release of Debian with its Orthanc into the servers' home. */
export async function bootstrap(release: Release): Promise<void> {
  const tools = ['debootstrap', ...((await exists(KEYRING)) ? [] : ['debian-archive-keyring'])];
  const absent: string[] = [];
  for (const tool of tools) if (!(await isInstalled(tool))) absent.push(tool);
  if (absent.length > 0) await installPackages(absent);

  const tree = releaseTree(release);
  const partial = `${tree}.${process.pid}`;
  say(`fetching the Orthanc of Debian ${release} into ${tree} with debootstrap (one or two minutes, 400 MB) …`);
  await mkdir(dirname(tree), { recursive: true });
  try {
    await runQuietly('debootstrap', ['--variant=minbase', `--keyring=${KEYRING}`, release, partial], process.env);
    await installInto(partial, CONTENT[release]);
    for (const ballast of [
      'var/cache/apt',
      'var/lib/apt/lists',
      'usr/share/doc',
      'usr/share/man',
      'usr/share/locale',
    ]) {
      await rm(join(partial, ballast), { recursive: true, force: true });
    }
    if (!(await exists(tree))) await rename(partial, tree);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Installs packages by the tree's own apt: debootstrap's --include knows no virtual packages, on which some releases depend. */
async function installInto(tree: string, packages: readonly string[]): Promise<void> {
  await writeFile(join(tree, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' };
  // As with debootstrap itself, an old mirror is good enough; its signature is checked all the same.
  const flags = ['-q', '-y', '-o', 'Acquire::Check-Valid-Until=false'];
  const apt = (...args: string[]) => runQuietly('chroot', [tree, 'apt-get', ...flags, ...args], env);
  await apt('update');
  await apt('install', '--no-install-recommends', ...packages);
}
