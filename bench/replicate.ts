// npm run bench -- replicate [rounds=5] [--instances 3000] [--per-study 100] [--held 0] [--storage FOLDER]: what `replicate` achieves,
// against what the servers allow. Each contender gets a target of its own, which already holds so many instances; the rounds are
// interleaved. Tables in Markdown.
import { loadavg } from 'node:os';
import { startOrthanc } from '../test/support/orthanc.ts';
import { upload } from '../test/support/upload.ts';
import { command } from './command.ts';
import { bestConnections } from './connections.ts';
import { ownCpuOf } from './cpu.ts';
import { delayed } from './delayed.ts';
import { type Bench, type Contender, measure, type Run } from './measure.ts';
import { oneByOne } from './one-by-one.ts';
import { options } from './options.ts';
import { postAll } from './plain-client.ts';
import { judgements, judgementTable, tableOf } from './tables.ts';
import { targets } from './target.ts';
import { workload } from './workload.ts';

const { rounds, instances, perStudy, held, storage } = options();
const DELAY_MS = 20;
/** To find out how many connections are best for the ceiling. */
const FEW = 600;
/** On a long line each instance takes the same time, and all would take minutes a round. */
const FEW_DELAYED = 150;

const { files, bytes, description } = workload(instances, perStudy);
const source = await startOrthanc({ version: '1.10' });
const servers = await targets(held, storage);
try {
  const ids = await upload(source.url, files);
  const bench: Bench = { source, servers, files, bytes };
  const best = await bestConnections(bench, FEW);
  const contenders = contendersOf(ids, best);
  const runs = new Map<string, Run[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1)
    for (const contender of contenders) {
      const run = await measure(bench, contender);
      runs.get(contender.name)?.push(run);
      console.error(`round ${round}: ${contender.name}: ${run.instancesPerSecond.toFixed(1)} instances/s`);
    }
  console.log(`Orthanc ${source.version} to 1.13.0, SQLite both; ${description}; target holding ${held} before.`);
  console.log(`Medians of ${rounds} rounds (least–most); load average ${loadavg()[0]?.toFixed(1)} at the end.\n`);
  console.log(`${tableOf(runs)}\n`);
  console.log(judgementTable(judgements(runs)));
} finally {
  await source.stop();
  await servers.remove();
}

function contendersOf(ids: readonly string[], connections: number): Contender[] {
  const fewer = ids.slice(0, FEW_DELAYED);
  const all = files.length;
  return [
    { name: 'replicate', instances: all, run: ({ from, to }) => command('replicate', from, to) },
    { name: 'ceiling', instances: all, run: ({ to }) => ownCpuOf(() => postAll(to, files, connections)) },
    { name: 'one by one', instances: all, run: ({ from, to }) => ownCpuOf(() => oneByOne(from, to, ids)) },
    {
      name: 'replicate, delayed',
      instances: all,
      run: ({ from, to }) => behindDelay(from, to, (slowFrom, slowTo) => command('replicate', slowFrom, slowTo)),
    },
    {
      name: 'one by one, delayed',
      instances: fewer.length,
      run: ({ from, to }) =>
        behindDelay(from, to, (slowFrom, slowTo) => ownCpuOf(() => oneByOne(slowFrom, slowTo, fewer))),
    },
  ];
}

async function behindDelay<T>(from: string, to: string, work: (from: string, to: string) => Promise<T>): Promise<T> {
  const [slowSource, slowTarget] = await Promise.all([delayed(from, DELAY_MS), delayed(to, DELAY_MS)]);
  try {
    return await work(slowSource.url, slowTarget.url);
  } finally {
    await Promise.all([slowSource.stop(), slowTarget.stop()]);
  }
}
