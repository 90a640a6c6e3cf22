import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { MigrationError } from '../core/errors.ts';
import type { Clock, EventBus, JobEvent } from '../core/ports.ts';
import { EVENT_SOURCE, EVENT_TYPES } from '../environment.ts';
import { awsError } from './aws-error.ts';

const TRIES = 5;
/** Before the second try; doubled before each further one. Milliseconds. */
const FIRST_PAUSE_MS = 200;

/**
 * Publishes on a bus of EventBridge. An answer of PutEvents may be a success and name entries that failed: those are sent again. What
 * remains raises `EVENTS_UNAVAILABLE`.
 */
export function createEventBus(client: EventBridgeClient, bus: string, clock: Clock): EventBus {
  const put = async (event: JobEvent): Promise<string | undefined> => {
    const { type, ...detail } = event;
    const entry = {
      EventBusName: bus,
      Source: EVENT_SOURCE,
      DetailType: EVENT_TYPES[type],
      Detail: JSON.stringify(detail),
    };
    const { FailedEntryCount = 0, Entries = [] } = await client.send(new PutEventsCommand({ Entries: [entry] }));
    return FailedEntryCount === 0 ? undefined : (Entries[0]?.ErrorCode ?? 'unknown');
  };
  return {
    async publish(event) {
      for (let attempt = 1; ; attempt++) {
        const failure = await put(event).catch((error: unknown) => {
          throw awsError('EVENTS_UNAVAILABLE', `event bus ${bus} does not take an event`, error);
        });
        if (failure === undefined) return;
        if (attempt === TRIES)
          throw new MigrationError('EVENTS_UNAVAILABLE', `event bus ${bus} does not take an event: ${failure}`, {
            retryClass: 'retry',
          });
        await clock.sleep(FIRST_PAUSE_MS * 2 ** (attempt - 1));
      }
    },
  };
}
