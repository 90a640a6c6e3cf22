import type { Side } from '../core/answer.ts';
import { openGate, postponeProbe } from '../core/gates.ts';
import type { EndpointName } from '../core/ids.ts';
import { type Job, serversOf } from '../core/job.ts';
import type { Gate, Ports } from '../core/ports.ts';
import { OrthancError } from '../orthanc/errors.ts';
import type { Servers } from '../orthanc/server.ts';

/** Probes the closed gates of a job's endpoints when it is time, and opens those that answer. Returns the gates as they are then. */
export async function tendGates(ports: Ports, servers: Servers, job: Job): Promise<readonly Gate[]> {
  return Promise.all(
    serversOf(job).map(async (name) => {
      const side = name === job.target ? 'target' : 'source';
      const gate = await ports.store.gate(name);
      if (gate.state === 'closed' && (gate.probeAt ?? 0) <= ports.clock.now()) await probe(ports, servers, name, side);
      return ports.store.gate(name);
    }),
  );
}

async function probe(ports: Ports, servers: Servers, name: EndpointName, side: Side): Promise<void> {
  try {
    const server = await servers.server(name, side);
    await server.system();
    // A server whose database is away may still answer `/system`.
    await server.statistics();
    await openGate(ports, name);
    ports.log.info({ endpoint: name }, 'the endpoint answers: its gate opens');
  } catch (error) {
    if (!(error instanceof OrthancError)) throw error;
    await postponeProbe(ports, name, error.verdict.gate ?? 'FAILING', error.message);
  }
}

/**
 * The gate, if any, that is shut and has seen no success for longer than the job wants to wait. One that is open is not waited
 * for, even if the first chunk after an outage takes its time.
 */
export function waitedTooLong(job: Job, gates: readonly Gate[], now: number): Gate | undefined {
  return gates.find(({ state, blockedSince }) => {
    if (state === 'open' || blockedSince === undefined) return false;
    // A job that was resumed waits anew.
    return now - Math.max(blockedSince, job.resumedAt) > job.options.maxWaitMs;
  });
}
