import { addCounts } from '../core/counts.ts';
import { ENDED, endToTell, type Job, readsDump, serversOf } from '../core/job.ts';
import type { Gate, JobEvent, Ports } from '../core/ports.ts';
import { updateJob } from './update-job.ts';
import { waitsForServers } from './waits-for-servers.ts';

/**
 * Tells whoever listens what happened to a job since the last look: at least once each, and mostly no more than that. Where nobody
 * listens, its end counts as told.
 */
export async function publishNews(ports: Ports, id: Job['id']): Promise<void> {
  const { events, store } = ports;
  const job = await store.job(id);
  if (!job) return;
  const news = ENDED.has(job.state) ? newsOfEnd(job) : events && (await newsOfGates(ports, job));
  if (!news || job.published === news.key) return;
  await events?.publish(news.event);
  await updateJob(ports, id, (stored) => ({ ...stored, published: news.key }));
}

interface News {
  /** Names it for all time. */
  readonly key: string;
  readonly event: JobEvent;
}

function newsOfEnd(job: Job): News | undefined {
  const key = endToTell(job);
  if (key === undefined) return undefined;
  const type = job.state === 'completed' || job.state === 'completed-with-failures' ? 'completed' : 'failed';
  return { key, event: eventOf(job, type, job.reason) };
}

async function newsOfGates({ store }: Ports, job: Job): Promise<News | undefined> {
  if (!waitsForServers(job)) return undefined;
  const gates = await Promise.all(serversOf(job).map((name) => store.gate(name)));
  const closed = gates.find(({ state }) => state === 'closed');
  if (!closed) return undefined;
  return { key: `blocked ${closed.endpoint} ${closed.blockedSince}`, event: eventOf(job, 'blocked', reasonOf(closed)) };
}

function reasonOf({ code = 'BLOCKED', message = 'takes no work' }: Gate): Job['reason'] {
  return { code, message };
}

function eventOf(job: Job, type: JobEvent['type'], reason: Job['reason']): JobEvent {
  const { id, kind, source, target, state, settled, harvested } = job;
  const counts = addCounts(settled, harvested.counts);
  const read = readsDump(kind) ? {} : { source };
  return { type, job: id, kind, ...read, target, state, counts, ...(reason && { reason }) };
}
