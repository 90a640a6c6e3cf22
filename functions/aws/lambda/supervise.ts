import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { createHandler } from '../../control/handler.ts';
import { systemClock } from '../../core/system-clock.ts';
import { CLIENT } from '../clients.ts';
import { createControl } from '../control.ts';
import { createEventBus } from '../events.ts';
import { createFeeds } from '../feeds.ts';
import { createEntry } from '../invocation.ts';
import { createPlace } from '../place.ts';

export const handler = createEntry(async ({ settings, log, metrics }) => {
  const { eventBus, mappings } = settings;
  const events = eventBus !== undefined && createEventBus(new EventBridgeClient(CLIENT), eventBus, systemClock);
  const feeds = mappings && createFeeds(new LambdaClient(CLIENT), mappings);
  return createHandler(
    createControl(createPlace(settings, { log, metrics, ...(events && { events }), ...(feeds && { feeds }) })),
  );
});
