import type { Answers, EndpointReport } from '../../functions/control/answers.ts';
import * as format from '../output/format.ts';
import { tableLines, wrapped } from '../output/table.ts';
import { jobLines } from './jobs.ts';

type Found = Answers['doctor'];

/** Whether something is not as it should be: an endpoint that cannot be read or takes no work, or messages in a dead-letter queue. */
export function needsALook({ endpoints, queues }: Found): boolean {
  return (
    endpoints.some(({ problem, gate }) => problem !== undefined || gate.state === 'closed') ||
    queues.some(({ queue, visible }) => isDeadLetter(queue) && visible > 0)
  );
}

/** What was found, for people. */
export function doctorLines(stack: string, { version, endpoints, queues, jobs }: Found): string[] {
  const rows = queues.map(({ queue, visible, inFlight }) => [queue, format.count(visible), format.count(inFlight)]);
  return [
    `stack ${stack}, version ${version}`,
    ...(endpoints.length === 0 ? ['', 'no endpoint is configured'] : []),
    ...endpoints.flatMap((endpoint) => ['', ...endpointLines(endpoint)]),
    '',
    ...tableLines(['QUEUE', '#WAITING', '#AT WORK'], rows),
    '',
    ...(jobs.length === 0 ? ['no job is at work'] : jobLines(jobs, ({ state }) => state)),
  ];
}

function endpointLines({ name, worker, ...report }: EndpointReport): string[] {
  const { system, statistics, warnings = [], problem, storeProblem, limits, gate } = report;
  const told = [
    ...(worker ? ['only a worker reaches it: nothing more is known here'] : []),
    ...(problem ? [`${problem.code}: ${problem.message}`] : []),
    ...(system
      ? [`Orthanc ${system.version}${system.databaseBackend ? `, index ${system.databaseBackend}` : ''}`]
      : []),
    ...(statistics
      ? [
          `${format.count(statistics.studies)} studies, ${format.items(statistics.instances, 'instance')}, ` +
            format.bytes(statistics.uncompressedBytes),
        ]
      : []),
    ...(storeProblem ? [`takes no instances: ${storeProblem.message}`] : []),
    ...(system && !storeProblem ? ['can be read, and takes instances'] : []),
    ...(gate.state === 'closed' ? [`its gate is closed: ${gate.code}: ${gate.message}`] : []),
    ...(limits
      ? [
          `${limits.transfers} transfers, ${format.bytes(limits.inflightBytes)} on the wire, ` +
            `bandwidth ${limits.bandwidth ?? 'off'}`,
        ]
      : []),
    ...(storeProblem ? [] : warnings.map(({ message }) => `warning: ${message}`)),
  ];
  return [`endpoint ${name}`, ...told.flatMap((text) => wrapped(text, '  '))];
}

function isDeadLetter(queue: string): boolean {
  return /dead-?letter|dlq/i.test(queue);
}
