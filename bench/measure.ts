import type { RunningOrthanc } from '../test/support/orthanc.ts';
import type { Targets } from './target.ts';

export interface Bench {
  /** Absent where files are what is moved. */
  readonly source?: RunningOrthanc;
  readonly servers: Targets;
  readonly files: readonly Buffer[];
  readonly bytes: number;
}

export interface Contender {
  readonly name: string;
  readonly instances: number;
  /** Moves them; how long it took and how much CPU time of the client. */
  run(servers: {
    /** URL of the source; empty without one. */
    readonly from: string;
    readonly to: string;
  }): Promise<{ readonly seconds: number; readonly cpu: number }>;
}

export interface Run {
  readonly seconds: number;
  readonly instancesPerSecond: number;
  readonly megabytesPerSecond: number;
  /** CPU seconds. */
  readonly client: number;
  readonly source: number;
  readonly target: number;
}

/** Lets a contender fill a target of its own. Raises when not all has arrived. */
export async function measure({ source, servers, files, bytes }: Bench, contender: Contender): Promise<Run> {
  const target = await servers.start();
  try {
    const before = { source: source?.cpuSeconds() ?? 0, target: target.cpuSeconds(), held: await instancesOf(target) };
    const { seconds, cpu } = await contender.run({ from: source?.url ?? '', to: target.url });
    const arrived = (await instancesOf(target)) - before.held;
    if (arrived !== contender.instances) throw new Error(`${contender.name}: ${arrived} instances arrived`);
    const share = contender.instances / files.length;
    return {
      seconds,
      instancesPerSecond: contender.instances / seconds,
      megabytesPerSecond: (bytes * share) / 1e6 / seconds,
      client: cpu,
      source: (source?.cpuSeconds() ?? 0) - before.source,
      target: target.cpuSeconds() - before.target,
    };
  } finally {
    await target.stop();
  }
}

async function instancesOf({ url }: RunningOrthanc): Promise<number> {
  const answer = await fetch(new URL('statistics', url));
  return ((await answer.json()) as { CountInstances: number }).CountInstances;
}
