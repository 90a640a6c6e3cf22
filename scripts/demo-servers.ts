import { type RunningOrthanc, startOrthanc } from '../test/support/orthanc.ts';
import { hostBinary, orthancBinary } from '../test/support/orthanc-binaries.ts';
import { MissingError, say } from './host.ts';
import { ensureServers } from './orthanc-servers.ts';

export interface Pair {
  readonly source: RunningOrthanc;
  readonly target: RunningOrthanc;
}

/** Two empty Orthanc servers: of the executable in ORTHANC, or the oldest and the newest that are tested. */
export async function startPair(): Promise<Pair> {
  const chosen = process.env.ORTHANC;
  if (chosen) return startBoth(chosen);
  try {
    await ensureServers();
  } catch (error) {
    const partly = await oldest();
    if (!(error instanceof MissingError) || !partly) throw withAdvice(error);
    say(`${error.message}; going on with Orthanc ${partly.version} on both sides`);
    return startBoth(partly.command);
  }
  const [source, target] = await Promise.all([startOrthanc({ version: '1.10' }), startOrthanc({ version: '1.13' })]);
  return { source, target };
}

async function startBoth(binary: string): Promise<Pair> {
  if (!(await hostBinary(binary))) throw new MissingError(`${binary} is no Orthanc that runs here`);
  const one = () => startOrthanc({ version: '1.13', binary });
  const [source, target] = await Promise.all([one(), one()]);
  return { source, target };
}

async function oldest() {
  const binary = await orthancBinary('1.10').catch(() => undefined);
  return binary?.args.length === 0 ? binary : undefined;
}

function withAdvice(error: unknown): unknown {
  if (!(error instanceof MissingError)) return error;
  return new MissingError(`${error.message}; elsewhere set ORTHANC=/path/to/Orthanc`);
}
