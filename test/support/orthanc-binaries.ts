import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { exists, type Release, releaseTree } from './servers-home.ts';

const run = promisify(execFile);

/** The oldest and the newest Orthanc that is tested: Debian bookworm's and Debian sid's. */
export type OrthancVersion = '1.10' | '1.13';

/** How to run one Orthanc: append its own arguments to `args`. */
export interface OrthancBinary {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The file system that it comes from; plugins are looked up there. */
  readonly root: string;
  /** As printed by `Orthanc --version`: 1.10.1. */
  readonly version: string;
}

const RELEASE: Record<OrthancVersion, Release> = { '1.10': 'bookworm', '1.13': 'sid' };
const found = new Map<OrthancVersion, Promise<OrthancBinary>>();

/** Finds an installed Orthanc; one that is missing is an error that says how to get it. */
export function orthancBinary(version: OrthancVersion): Promise<OrthancBinary> {
  const known = found.get(version);
  if (known) return known;
  const search = find(version);
  found.set(version, search);
  // What is missing now may be installed later.
  search.catch(() => found.delete(version));
  return search;
}

async function find(version: OrthancVersion): Promise<OrthancBinary> {
  const host = await hostBinary('/usr/sbin/Orthanc');
  if (host?.version.startsWith(`${version}.`)) return host;
  const tree = releaseTree(RELEASE[version]);
  if (await exists(join(tree, 'usr/sbin/Orthanc'))) return treeBinary(tree);
  throw new Error(
    `Orthanc ${version} is missing: looked for /usr/sbin/Orthanc (found ${host?.version ?? 'none'}) and ${tree}; ` +
      'run "npm run servers" as root on Debian or Ubuntu, which installs the packages orthanc and debootstrap',
  );
}

/** A binary of this machine; `undefined` when there is none that runs. */
export async function hostBinary(path: string): Promise<OrthancBinary | undefined> {
  return versioned({ command: path, args: [], env: {}, root: '/' }).catch(() => undefined);
}

/**
 * A binary of another Debian release, run in place with that release's own dynamic loader and libraries. Against a chroot this
 * needs no root and no mounts, and storage may lie anywhere.
 */
async function treeBinary(root: string): Promise<OrthancBinary> {
  const loader = await firstMatch([join(root, 'lib64'), join(root, 'lib')], /^ld-linux.*\.so\.\d$/);
  const libraries = await matches(join(root, 'usr/lib'), /-linux-gnu/);
  const dictionaries: string[] = [];
  for (const dir of await matches(join(root, 'usr/share'), /^(lib)?dcmtk\d*$/)) {
    dictionaries.push(...(await matches(dir, /^(dicom|private)\.dic$/)));
  }
  return versioned({
    command: loader,
    args: ['--library-path', [...libraries, join(root, 'usr/lib')].join(':'), join(root, 'usr/sbin/Orthanc')],
    // DCMTK looks for its dictionaries at absolute paths of the release.
    env: { DCMDICTPATH: dictionaries.join(':') },
    root,
  });
}

async function versioned(binary: Omit<OrthancBinary, 'version'>): Promise<OrthancBinary> {
  const { stdout } = await run(binary.command, [...binary.args, '--version'], {
    env: { ...process.env, ...binary.env },
  });
  // The first line begins with the path that it was called by.
  const version = /^\S*Orthanc (\S+)/.exec(stdout)?.[1];
  if (!version) throw new Error(`${binary.command} --version does not look like Orthanc: ${stdout.slice(0, 80)}`);
  return { ...binary, version };
}

/** The path of a plugin such as `libOrthancPostgreSQLIndex.so`. */
export async function pluginPath(binary: OrthancBinary, name: string): Promise<string> {
  // /usr/share/orthanc/plugins holds links that are absolute within the release, so take what they point to.
  const dirs = ['usr/lib/orthanc', 'usr/share/orthanc/plugins'].map((dir) => join(binary.root, dir));
  for (const dir of dirs) {
    const file = (await matches(dir, /\.so/)).find((path) => path.startsWith(join(dir, name)));
    if (file) return file;
  }
  throw new Error(`the plugin ${name} is missing in ${dirs.join(' and ')}; install the package orthanc-postgresql`);
}

async function matches(dir: string, pattern: RegExp): Promise<string[]> {
  const names = await readdir(dir).catch(() => []);
  return names
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(dir, name));
}

async function firstMatch(dirs: readonly string[], pattern: RegExp): Promise<string> {
  for (const dir of dirs) {
    const [first] = await matches(dir, pattern);
    if (first) return first;
  }
  throw new Error(
    `no dynamic loader in ${dirs.join(' or ')}: the tree is incomplete; delete it and run "npm run servers"`,
  );
}
