import { ownCpuOf } from './cpu.ts';
import { type Bench, measure } from './measure.ts';
import { postAll } from './plain-client.ts';

const CONNECTIONS = [2, 4, 8, 16];

/** With how many connections the ceiling is highest, tried with the first of the files. */
export async function bestConnections(bench: Bench, files: number): Promise<number> {
  let best = { connections: 0, rate: 0 };
  for (const connections of CONNECTIONS) {
    const some = bench.files.slice(0, files);
    const run = ({ to }: { to: string }) => ownCpuOf(() => postAll(to, some, connections));
    const { instancesPerSecond: rate } = await measure(bench, { name: 'trial', instances: some.length, run });
    console.error(`ceiling with ${connections} connections: ${rate.toFixed(1)} instances/s`);
    if (rate > best.rate) best = { connections, rate };
  }
  return best.connections;
}
