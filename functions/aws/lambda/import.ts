import { createHandler } from '../../import/handler.ts';
import { openDumps } from '../dumps.ts';
import { createEntry } from '../invocation.ts';
import { createPlace } from '../place.ts';
import { createWorker } from '../worker.ts';

export const handler = createEntry(async ({ settings, log, metrics }) => {
  const place = createPlace(settings, { log, metrics });
  return createHandler(createWorker(place), await openDumps(place));
});
