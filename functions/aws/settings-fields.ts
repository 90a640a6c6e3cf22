import * as z from 'zod';
import { parseEndpointUrl } from '../core/endpoint-url.ts';
import { messageOf } from '../core/errors.ts';
import type { ConfiguredEndpoint } from './secrets/endpoints.ts';

/** Fields of the settings. Messages follow the name of their variable, and quote no value. */
export const text = z.string('is missing').min(1, 'is empty');

export const wholeNumber = text.regex(/^[1-9]\d{0,14}$/, 'is no whole number above 0').transform(Number);

/** JSON in a variable. */
export function inJson<T extends z.ZodType>(schema: T) {
  return text
    .transform((value, context): unknown => {
      try {
        return JSON.parse(value);
      } catch {
        context.addIssue('is not valid JSON');
        return z.NEVER;
      }
    })
    .pipe(schema);
}

export const urls = z.array(z.string().min(1), 'is no list of URLs');

const endpoint = z.strictObject({
  secret: z.string('has no "secret"').min(1, 'has an empty "secret"'),
  url: z.string().superRefine(checkUrl).optional(),
  worker: z.boolean('is neither true nor false').optional(),
});

export const endpoints = z
  .record(z.string().min(1), endpoint, 'is no map of endpoints')
  .transform((named): ReadonlyMap<string, ConfiguredEndpoint> => new Map(Object.entries(named)));

export const uploadsField = z.strictObject({
  target: z.string('names no target').min(1, 'names no target'),
  prefix: z.string('has no prefix'),
  quietMinutes: z.number('is no number of minutes').positive('is no number of minutes'),
  orphans: z.enum(['import', 'skip'], 'is neither import nor skip').optional(),
});

export type UploadsConfiguration = z.output<typeof uploadsField>;

function checkUrl(url: string, context: z.RefinementCtx<string>): void {
  try {
    if (parseEndpointUrl(url).username !== undefined) context.addIssue('holds user info: that belongs into the secret');
  } catch (error) {
    context.addIssue(`is no base URL: ${messageOf(error)}`);
  }
}
