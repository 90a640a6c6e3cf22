import { MigrationError, messageOf } from '../core/errors.ts';
import { ENDED } from '../core/job.ts';
import type { OrthancServer } from '../orthanc/server.ts';
import { targetWarnings, type Warning } from '../orthanc/settings.ts';
import type { Answers, EndpointReport } from './answers.ts';
import { lineOf } from './jobs.ts';
import type { ConfiguredEndpoint, ControlPlace } from './place.ts';

/** Looks at everything that a job needs. What is wrong with one endpoint hides no other. */
export async function doctor(place: ControlPlace): Promise<Answers['doctor']> {
  const { ports, endpoints, depths, version } = place;
  const running = (await ports.store.openJobs()).filter(({ state }) => !ENDED.has(state));
  const [reports, queues, jobs] = await Promise.all([
    Promise.all(endpoints.map((endpoint) => examine(place, endpoint))),
    depths(),
    Promise.all(running.map((job) => lineOf(ports, job))),
  ]);
  return { version, endpoints: reports, queues, jobs };
}

async function examine(
  { ports, servers }: ControlPlace,
  { name, worker }: ConfiguredEndpoint,
): Promise<EndpointReport> {
  const [gate, limits] = await Promise.all([ports.store.gate(name), ports.store.limits(name)]);
  const known = { name, worker, gate, ...(limits && { limits }) };
  if (worker) return known;
  try {
    return { ...known, ...(await look(await servers.server(name, 'target'))) };
  } catch (error) {
    return { ...known, problem: problemOf(error) };
  }
}

async function look(server: OrthancServer): Promise<Omit<EndpointReport, 'name' | 'worker' | 'gate'>> {
  const system = await server.system();
  const statistics = await server.statistics();
  const warnings = targetWarnings(server, system, 'keep-target');
  try {
    await server.checkStore();
    return { system, statistics, warnings };
  } catch (error) {
    return { system, statistics, warnings, storeProblem: problemOf(error) };
  }
}

/** Raises what is no failure of the endpoint or its configuration. */
function problemOf(error: unknown): Warning {
  if (!(error instanceof MigrationError)) throw error;
  return { code: error.code, message: messageOf(error) };
}
