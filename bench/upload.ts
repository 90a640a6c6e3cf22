// npm run bench -- upload [rounds=3] [small=3000] [large=600] [version=1.13] [at once=8]: what posting files that are in memory costs, against
// the least that a client can do (plain-client.ts). Each contender gets an empty target; the rounds are interleaved. Table in Markdown.
import { createHash, hash } from 'node:crypto';
import { loadavg } from 'node:os';
import type { EndpointName, Md5 } from '../functions/core/ids.ts';
import type { Body } from '../functions/orthanc/relay/body.ts';
import { createUpload } from '../functions/orthanc/relay/upload.ts';
import { archive } from '../test/support/archive.ts';
import { startOrthanc } from '../test/support/orthanc.ts';
import { ownCpu } from './cpu.ts';
import { postAll } from './plain-client.ts';
import { figureOf, show } from './statistics.ts';

const [rounds = 3, small = 3000, large = 600] = process.argv.slice(2, 5).map(Number);
const version = process.argv[5] === '1.10' ? '1.10' : '1.13';
const atOnce = Number(process.argv[6] ?? 8);
const SMALL_BYTES = 10_000;
const LARGE_BYTES = 500_000;
/** As much as a file is usually read at once. */
const PIECE_BYTES = 64 * 1024;

interface Run {
  readonly seconds: number;
  readonly client: number;
  readonly target: number;
}

const every = Math.max(1, Math.round((small + large) / large));
const files = [
  ...archive({
    studies: 30,
    instancesPerStudy: Math.round((small + large) / 30),
    bytes: (index) => (index % every === 0 ? LARGE_BYTES : SMALL_BYTES),
    seed: 17,
  }),
];
const md5s = new Map(files.map((file) => [file, hash('md5', file) as Md5]));
const megabytes = files.reduce((sum, file) => sum + file.length, 0) / 1e6;

/** The whole file at once; its MD5 was known before. */
const atHand = (file: Buffer): Body => ({ next: async () => file, last: true, md5: md5s.get(file) });

/** As one that is read, hashed on the way. */
function inPieces(file: Buffer): Body {
  const hashing = createHash('md5');
  let [at, md5]: [number, Md5 | undefined] = [0, undefined];
  return {
    next: async () => {
      const piece = file.subarray(at, at + PIECE_BYTES);
      at += piece.length;
      hashing.update(piece);
      if (at === file.length) md5 = hashing.digest('hex') as Md5;
      return piece;
    },
    get last() {
      return at === file.length;
    },
    get md5() {
      return md5;
    },
    close: async () => undefined,
  };
}

async function uploadAll(url: string, bodyOf: (file: Buffer) => Body): Promise<void> {
  const { upload, close } = createUpload({ name: url as EndpointName, url: new URL(url) });
  const rest = files.values();
  const worker = async () => {
    for (const file of rest) {
      const { kind } = await upload({ size: file.length, open: async () => bodyOf(file) });
      if (kind !== 'stored') throw new Error(kind);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  await close();
}

const CONTENDERS: Readonly<Record<string, (url: string) => Promise<void>>> = {
  ceiling: (url) => postAll(url, files, atOnce),
  upload: (url) => uploadAll(url, atHand),
  'upload, in pieces, hashed': (url) => uploadAll(url, inPieces),
};

async function measure(post: (url: string) => Promise<void>): Promise<Run> {
  const target = await startOrthanc({ version });
  try {
    const before = { at: performance.now(), client: ownCpu(), target: target.cpuSeconds() };
    await post(target.url);
    return {
      seconds: (performance.now() - before.at) / 1000,
      client: ownCpu() - before.client,
      target: target.cpuSeconds() - before.target,
    };
  } finally {
    await target.stop();
  }
}

const runs = new Map<string, Run[]>(Object.keys(CONTENDERS).map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  // Whoever is first has the machine at its warmest, or coldest.
  const order = Object.entries(CONTENDERS);
  for (const [name, post] of round % 2 === 0 ? order : order.reverse()) runs.get(name)?.push(await measure(post));
}
const ceiling = runs.get('ceiling') ?? [];
console.log(
  `Orthanc ${version}, SQLite; ${files.length} files, ${megabytes.toFixed(0)} MB, ${atOnce} at once; medians of ${rounds} rounds (least–most); load average ${loadavg()[0]?.toFixed(1)} at the end.\n`,
);
console.log(
  '| | files/s | of the ceiling | client µs/file | CPU s client | CPU s target |\n| --- | --- | --- | --- | --- | --- |',
);
for (const [name, own] of runs) {
  const cells = [
    show(figureOf(own.map(({ seconds }) => files.length / seconds)), 0),
    show(figureOf(own.map(({ seconds }, round) => (ceiling[round]?.seconds ?? 0) / seconds)), 2),
    show(figureOf(own.map(({ client }) => (client / files.length) * 1e6)), 0),
    show(figureOf(own.map(({ client }) => client)), 2),
    show(figureOf(own.map(({ target }) => target)), 1),
  ];
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}
