import { createHandler } from '../../transfer/handler.ts';
import { createEntry } from '../invocation.ts';
import { createPlace } from '../place.ts';
import { createWorker } from '../worker.ts';

export const handler = createEntry(async ({ settings, log, metrics }) =>
  createHandler(createWorker(createPlace(settings, { log, metrics }))),
);
