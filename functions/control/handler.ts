import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { deadlineOf } from '../batch/records.ts';
import { answer } from './answer.ts';
import { startByEvent, wantedBy } from './events.ts';
import type { ControlPlace } from './place.ts';

export type ControlHandler = (event: unknown, context: Context) => Promise<unknown>;

/**
 * The supervise function of a stack: answers the command line (`{"control": …}`), begins jobs that events and schedules ask for, and
 * otherwise (each minute) supervises.
 */
export function createHandler(place: ControlPlace): ControlHandler {
  const handler = middy<unknown, unknown>().handler(async (event, context) => {
    const deadline = deadlineOf(context);
    if (isControl(event)) return answer(place, event.control, deadline);
    const wanted = wantedBy(event);
    return wanted ? startByEvent(place, wanted, deadline) : place.tick(deadline);
  });
  return async (event, context) => handler(event, context);
}

function isControl(event: unknown): event is { readonly control: unknown } {
  return typeof event === 'object' && event !== null && 'control' in event;
}
