import { randomUUID } from 'node:crypto';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ControlPlace, QueueDepth } from '../control/place.ts';
import type { EndpointName, JobId } from '../core/ids.ts';
import type { Deadline } from '../core/ports.ts';
import { ENV } from '../environment.ts';
import { DEFAULT_SETTINGS } from '../supervise/settings.ts';
import { superviseAll } from '../supervise/tick.ts';
import type { AwsPlace } from './place.ts';
import { VERSION } from './version.ts';

const LEASE = 'supervise';
/** Longer than any invocation may last; milliseconds. */
const LEASE_MS = 10 * 60_000;
/** An invocation that has died lets others wait no longer than this after its end; milliseconds. */
const AFTER_END_MS = 60_000;
const LINK_SECONDS = 15 * 60;

/** What requests about a stack are answered with, and what supervises its jobs. */
export function createControl(place: AwsPlace, environment: NodeJS.ProcessEnv = process.env): ControlPlace {
  const { settings, ports, servers, clients } = place;
  return {
    ports,
    servers,
    endpoints: [...settings.endpoints].map(([name, { worker = false }]) => ({ name: name as EndpointName, worker })),
    tick: (deadline, named) => tick(place, deadline, named),
    link: (key) => {
      const command = new GetObjectCommand({ Bucket: settings.evidenceBucket, Key: key });
      return getSignedUrl(clients.objects, command, { expiresIn: LINK_SECONDS });
    },
    depths: () => depths(place),
    environment: ownVariables(environment),
    version: VERSION,
  };
}

/** One supervision at a time: that is quicker than two which get into each other's way. */
async function tick({ ports, servers, settings }: AwsPlace, deadline: Deadline, named?: JobId): Promise<void> {
  const { store, clock, log } = ports;
  const holder = randomUUID();
  const leaseMs = Math.min(LEASE_MS, deadline.remainingMs() + AFTER_END_MS);
  if (!(await store.takeLease(LEASE, holder, clock.now(), leaseMs))) {
    log.info({}, 'another supervision is under way');
    return;
  }
  const { idleAfterMs = DEFAULT_SETTINGS.idleAfterMs, longestAttemptMs = DEFAULT_SETTINGS.longestAttemptMs } = settings;
  try {
    await superviseAll(ports, servers, { ...DEFAULT_SETTINGS, idleAfterMs, longestAttemptMs }, deadline, named);
  } finally {
    await store.releaseLease(LEASE, holder);
  }
}

function depths({ ports, settings, queue, workerQueue, uploadsQueue }: AwsPlace): Promise<readonly QueueDepth[]> {
  const { enumerate, transfer, import: imports, deadLetter } = ports.queues;
  const optional = [workerQueue, uploadsQueue].filter((each) => each !== undefined);
  const all = [enumerate, transfer, imports, ...optional, deadLetter, ...settings.queues.others.map(queue)];
  return Promise.all(all.map(async (each) => ({ queue: each.name, ...(await each.depth()) })));
}

/** Those that the stack has set. */
function ownVariables(environment: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const found = Object.values(ENV).flatMap((name) => {
    const value = environment[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}
