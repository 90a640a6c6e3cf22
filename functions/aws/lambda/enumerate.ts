import { createHandler } from '../../enumerate/handler.ts';
import { openDumps } from '../dumps.ts';
import { createEntry } from '../invocation.ts';
import { createPlace } from '../place.ts';

export const handler = createEntry(async ({ settings, log, metrics }) => {
  const place = createPlace(settings, { log, metrics });
  return createHandler(place.ports, { servers: place.servers, dumps: await openDumps(place) });
});
