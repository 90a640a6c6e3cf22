import { createHandler } from '../../uploads/handler.ts';
import { createEntry } from '../invocation.ts';
import { createPlace } from '../place.ts';
import { createUploads } from '../uploads.ts';

export const handler = createEntry(async ({ settings, log, metrics }) =>
  createHandler(createUploads(createPlace(settings, { log, metrics }))),
);
