// npm start: two real Orthanc servers, one of them filled, and the command line moving everything into the other.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { archive } from '../test/support/archive.ts';
import { checkEvidence, compareServers } from '../test/support/independent.ts';
import { upload } from '../test/support/upload.ts';
import { type Pair, startPair } from './demo-servers.ts';
import { MissingError } from './host.ts';

const SHAPE = { patients: 3, studies: 12, instancesPerStudy: 50, seriesPerStudy: 2, bytes: 130_000 };
const COMMAND = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bin', 'orthanc-migrate.ts');
/** As the command line itself ends when it is interrupted: work is left. */
const EXIT_INTERRUPTED = 5;

function title(text: string): void {
  console.log(`\n— ${text}`);
}

let running: ChildProcess | undefined;
let interrupted = false;

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
    // At a terminal the command gets Ctrl-C by itself, and a second one would cut its orderly end short.
    if (signal === 'SIGTERM' || !process.stdin.isTTY) running?.kill(signal);
  });
}

/** The real command line, as a user runs it; its exit code. */
async function orthancMigrate(...args: string[]): Promise<number> {
  if (interrupted) return EXIT_INTERRUPTED;
  console.log(`$ orthanc-migrate ${args.join(' ')}`);
  const child = spawn(process.execPath, [COMMAND, ...args], { stdio: 'inherit' });
  running = child;
  return new Promise((resolve, reject) => child.once('error', reject).once('exit', (code) => resolve(code ?? 1)));
}

async function demonstrate({ source, target }: Pair): Promise<number> {
  title(`source: Orthanc ${source.version} at ${source.url}   target: Orthanc ${target.version} at ${target.url}`);
  const ids = await upload(source.url, archive(SHAPE), { concurrency: 4 });
  console.log(`generated and uploaded ${ids.length} images: ${SHAPE.patients} patients, ${SHAPE.studies} studies`);

  const state = await mkdtemp(join(tmpdir(), 'orthanc-migrate-demo-'));
  const replicate = () => orthancMigrate('replicate', source.url, target.url, '--state-dir', state);
  title('moving everything');
  const first = await replicate();
  if (interrupted) return EXIT_INTERRUPTED;
  title('the same again: everything is there, nothing is sent');
  const second = await replicate();
  if (interrupted) return EXIT_INTERRUPTED;

  title('evidence: every instance with its outcome, hashed shard by shard');
  const sound = await reportEvidence(state);

  title('an independent look at both servers: every instance, by size and MD5');
  const { equal, missing, different, contained, ...counts } = await compareServers(source, target);
  console.log(`source ${counts.source}, target ${counts.target}, equal ${equal}`);
  console.log(`missing ${missing.length}, different ${different.length}`);
  return first || second || (contained && sound ? 0 : 1);
}

/** Recounts the evidence of each job; whether all of it agrees with its manifest. */
async function reportEvidence(state: string): Promise<boolean> {
  const entries = await readdir(state, { recursive: true });
  const manifests = entries.filter((path) => path.endsWith('manifest.json')).sort();
  let sound = manifests.length > 0;
  for (const manifest of manifests) {
    const directory = join(state, dirname(manifest));
    const { byCode, problems } = await checkEvidence(directory);
    console.log(directory);
    console.log(
      `  ${
        Object.entries(byCode)
          .map(([code, count]) => `${code} ${count}`)
          .join(', ') || 'no rows'
      }`,
    );
    for (const problem of problems) console.log(`  ${problem}`);
    sound &&= problems.length === 0;
  }
  return sound;
}

try {
  const pair = await startPair();
  try {
    process.exitCode = await demonstrate(pair);
  } finally {
    await Promise.all([pair.source.stop(), pair.target.stop()]);
    console.log('\nboth servers are stopped');
  }
} catch (error) {
  if (!(error instanceof MissingError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
