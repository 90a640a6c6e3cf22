// npm run bench -- import [rounds=5] [--instances 3000] [--per-study 100] [--held 0] [--storage FOLDER]: what `import` achieves, against
// what the target allows. Each contender gets a target of its own, which already holds so many instances; the rounds are interleaved. Tables in Markdown.
import { rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { command } from './command.ts';
import { bestConnections } from './connections.ts';
import { ownCpuOf } from './cpu.ts';
import { type Bench, type Contender, measure, type Run } from './measure.ts';
import { fileByFile } from './one-by-one.ts';
import { options } from './options.ts';
import { postAll } from './plain-client.ts';
import { compressible, storageFolder } from './storage.ts';
import { type Judgement, judgementTable, ratios, tableOf } from './tables.ts';
import { targets } from './target.ts';
import { workload } from './workload.ts';

const { rounds, instances, perStudy, held, storage } = options();
/** One by one, all would take long; each file takes the same time. */
const FEW = 600;

const { files: noise, bytes, description } = workload(instances, perStudy);
const files = compressible(noise);
const plain = await storageFolder(files, 'plain');
const packed = await storageFolder(files, 'compressed');
const servers = await targets(held, storage);
try {
  const bench: Bench = { servers, files, bytes };
  const connections = await bestConnections(bench, FEW);
  const few = plain.paths.slice(0, FEW);
  const all = files.length;
  const contenders: Contender[] = [
    { name: 'import', instances: all, run: ({ to }) => command('import', plain.folder, to) },
    { name: 'ceiling', instances: all, run: ({ to }) => ownCpuOf(() => postAll(to, files, connections)) },
    { name: 'import, compressed', instances: all, run: ({ to }) => command('import', packed.folder, to) },
    { name: 'one by one', instances: few.length, run: ({ to }) => ownCpuOf(() => fileByFile(to, few)) },
  ];
  const runs = new Map<string, Run[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 1; round <= rounds; round += 1)
    for (const contender of contenders) {
      const run = await measure(bench, contender);
      runs.get(contender.name)?.push(run);
      console.error(
        `round ${round}: ${contender.name}: ${run.instancesPerSecond.toFixed(1)} files/s, ${run.client.toFixed(2)} CPU s`,
      );
    }
  const perGigabyte = (name: string) => (runs.get(name) ?? []).map(({ client }) => client / (bytes / 1e9));
  const lines: Judgement[] = [
    ['import / ceiling', ratios(runs, 'import', 'ceiling'), 2, 'at least 0.90'],
    ['import of compressed storage / ceiling', ratios(runs, 'import, compressed', 'ceiling'), 2, ''],
    ['import / one by one', ratios(runs, 'import', 'one by one'), 1, ''],
    ['our CPU s per GB', perGigabyte('import'), 1, ''],
    ['our CPU s per GB of compressed storage', perGigabyte('import, compressed'), 1, ''],
  ];
  console.log(`Into Orthanc 1.13.0 with SQLite, holding ${held} before; ${description}.`);
  console.log(`Medians of ${rounds} rounds (least–most); load average ${loadavg()[0]?.toFixed(1)} at the end.\n`);
  console.log(`${tableOf(runs)}\n`);
  console.log(judgementTable(lines));
} finally {
  await Promise.all([servers.remove(), ...[plain, packed].map(({ folder }) => rm(folder, { recursive: true }))]);
}
