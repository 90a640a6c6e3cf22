/**
 * What moving an instance costs this process, in CPU time: the relay against undici's streams, between real servers.
 * Usage: node bench/relay.ts [instances=3000] [bytes=170000] [at once=8] [only=relay|undici]
 */
import { createHash } from 'node:crypto';
import { PassThrough, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Pool } from 'undici';
import type { EndpointName, Md5, OrthancId } from '../functions/core/ids.ts';
import { createRelay } from '../functions/orthanc/relay/relay.ts';
import { makeInstance, uid } from '../test/support/dicom.ts';
import { startOrthanc } from '../test/support/orthanc.ts';
import type { OrthancVersion } from '../test/support/orthanc-binaries.ts';
import { upload } from '../test/support/upload.ts';

interface Instance {
  readonly id: OrthancId;
  readonly size: number;
  readonly md5: Md5;
}

type Move = (instance: Instance) => Promise<void>;
interface Contender {
  readonly name: string;
  start(source: string, target: string): { readonly move: Move; close(): Promise<void> };
}

const [count = 3000, bytes = 170_000, atOnce = 8] = process.argv.slice(2, 5).map(Number);
const only = process.argv[5];

const endpoint = (url: string) => ({ name: url as EndpointName, url: new URL(url) });

const plainSockets: Contender = {
  name: 'relay',
  start(source, target) {
    const { relay, close } = createRelay(endpoint(source), endpoint(target));
    const move: Move = async ({ id, size, md5 }) => {
      const result = await relay({ instance: id, recorded: { size, md5 } });
      if (result.kind !== 'stored') throw new Error(JSON.stringify(result));
    };
    return { move, close };
  },
};

const undiciStreams: Contender = {
  name: 'undici',
  start(source, target) {
    const from = new Pool(source, { connections: atOnce, keepAliveTimeout: 700 });
    const to = new Pool(target, { connections: atOnce, keepAliveTimeout: 700 });
    const move: Move = async ({ id, size, md5 }) => {
      const { body } = await from.request({ method: 'GET', path: `/instances/${id}/file` });
      const hash = createHash('md5');
      const hashing = new Transform({
        transform(piece: Buffer, _encoding, done) {
          hash.update(piece);
          done(null, piece);
        },
      });
      const sent = new PassThrough();
      const headers = { 'content-length': String(size), 'content-type': 'application/dicom' };
      const [answer] = await Promise.all([
        to.request({ method: 'POST', path: '/instances', headers, body: sent }),
        pipeline(body, hashing, sent),
      ]);
      await answer.body.json();
      if (answer.statusCode !== 200 || hash.digest('hex') !== md5) throw new Error(`${id} was not moved`);
    };
    return { move, close: async () => void (await Promise.all([from.close(), to.close()])) };
  },
};

async function inParallel(instances: readonly Instance[], move: Move): Promise<void> {
  const rest = instances.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const instance of rest) await move(instance);
    }),
  );
}

async function fill(url: string): Promise<Instance[]> {
  const facts: { size: number; md5: Md5 }[] = [];
  const files = (function* () {
    for (let seed = 0; seed < count; seed++) {
      // From half to one and a half of the wished size.
      const file = makeInstance({
        seed,
        studyUid: uid('bench'),
        bytes: Math.round(bytes * (0.5 + (seed % 101) / 100)),
      });
      facts.push({ size: file.length, md5: createHash('md5').update(file).digest('hex') as Md5 });
      yield file;
    }
  })();
  const ids = await upload(url, files);
  return facts.map((fact, index) => ({ ...fact, id: ids[index] as OrthancId }));
}

async function measure(contender: Contender, source: string, version: OrthancVersion, instances: readonly Instance[]) {
  const target = await startOrthanc({ version });
  const { move, close } = contender.start(source, target.url);
  const begin = { cpu: process.cpuUsage(), at: performance.now() };
  await inParallel(instances, move);
  const cpu = process.cpuUsage(begin.cpu);
  const seconds = (performance.now() - begin.at) / 1000;
  const targetCpu = target.cpuSeconds();
  await close();
  await target.stop();
  return {
    contender: contender.name,
    'to Orthanc': target.version,
    'CPU s': Number(((cpu.user + cpu.system) / 1e6).toFixed(2)),
    'of it system': Number((cpu.system / 1e6).toFixed(2)),
    'µs/instance': Math.round((cpu.user + cpu.system) / instances.length),
    'instances/s': Math.round(instances.length / seconds),
    'target CPU s': targetCpu,
  };
}

const source = await startOrthanc({ version: '1.10' });
try {
  const instances = await fill(source.url);
  const megabytes = instances.reduce((sum, { size }) => sum + size, 0) / 1e6;
  console.log(`${count} instances, ${megabytes.toFixed(0)} MB, ${atOnce} at once`);
  const rows = [];
  for (const version of ['1.10', '1.13'] as const) {
    for (const contender of [plainSockets, undiciStreams]) {
      if (only === undefined || only === contender.name) {
        rows.push(await measure(contender, source.url, version, instances));
      }
    }
  }
  console.table(rows);
} finally {
  await source.stop();
}
