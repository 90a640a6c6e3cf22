import * as z from 'zod';
import { UsageError } from '../core/errors.ts';
import type { Deadline } from '../core/ports.ts';
import { EVENT_TYPES } from '../environment.ts';
import { problemsOf } from './answer.ts';
import type { ControlPlace } from './place.ts';
import { type StartRequest, startFields } from './requests.ts';
import { begin } from './start.ts';

/** An EventBridge event that asks for a job: its detail is what a request `start` has. */
const requested = z.looseObject({
  'detail-type': z.literal(EVENT_TYPES.requested),
  id: z.string().min(1),
  detail: z.looseObject({}),
});

/** The input of a schedule: a `start` whose id EventBridge Scheduler fills in (`<aws.scheduler.execution-id>`). */
const scheduled = z.looseObject({ request: z.looseObject({ id: z.string().min(1) }) });

/** A job that an event or a schedule asks for; `undefined` when this is neither. */
export function wantedBy(event: unknown): { readonly id: string; readonly fields: unknown } | undefined {
  const byEvent = requested.safeParse(event);
  // A repeated event has the same id, and so is the same job.
  if (byEvent.success) return { id: byEvent.data.id, fields: { ...byEvent.data.detail, id: byEvent.data.id } };
  const bySchedule = scheduled.safeParse(event);
  return bySchedule.success ? { id: bySchedule.data.request.id, fields: bySchedule.data.request } : undefined;
}

/**
 * Begins the job that an event asks for. A wrong event is logged and not tried again: it would be as wrong the next time. Raises what
 * another try may get over.
 */
export async function startByEvent(
  place: ControlPlace,
  { id, fields }: { readonly id: string; readonly fields: unknown },
  deadline: Deadline,
): Promise<void> {
  const { log } = place.ports;
  try {
    const { job, how } = await begin(place, parseStart(fields), deadline);
    log.info({ event: id, job: job.id, how }, 'an event asked for a job');
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    log.error({ event: id, code: 'EVENT_INVALID' }, `an event asks for a job that cannot be: ${error.message}`);
  }
}

function parseStart(fields: unknown): StartRequest {
  const parsed = startFields.safeParse(fields);
  if (parsed.success) return parsed.data;
  throw new UsageError(problemsOf(parsed.error));
}
