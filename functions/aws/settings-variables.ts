import * as z from 'zod';
import { ENV } from '../environment.ts';
import { endpoints, inJson, text, uploadsField, urls, wholeNumber } from './settings-fields.ts';

/** The environment variables of a function. Messages follow the name of their variable, and quote no value. */
export const variables = z.object({
  [ENV.stack]: text,
  [ENV.logLevel]: z.enum(['debug', 'info', 'warn', 'error'], 'is none of debug, info, warn and error').default('info'),
  [ENV.table]: text,
  [ENV.evidenceBucket]: text,
  [ENV.enumerateQueue]: text,
  [ENV.transferQueue]: text,
  [ENV.importQueue]: text,
  [ENV.deadLetterQueue]: text,
  [ENV.workerQueue]: text.optional(),
  [ENV.uploadsQueue]: text.optional(),
  [ENV.otherDeadLetterQueues]: inJson(urls).default([]),
  [ENV.endpoints]: inJson(endpoints),
  [ENV.storageKeysSecret]: text.optional(),
  [ENV.largestInstance]: wholeNumber,
  [ENV.containers]: wholeNumber,
  [ENV.uploads]: inJson(uploadsField).optional(),
  [ENV.dumpBucket]: text.optional(),
  [ENV.transferMapping]: text.optional(),
  [ENV.importMapping]: text.optional(),
  [ENV.superviseEvery]: wholeNumber.optional(),
  [ENV.idleAfter]: wholeNumber.optional(),
  [ENV.longestAttempt]: wholeNumber.optional(),
  [ENV.eventBus]: text.optional(),
});
export type Variables = z.output<typeof variables>;

/** What is wrong with variables that are well-formed, each by itself. */
export function crossProblems(found: Variables): string[] {
  const problems: string[] = [];
  if ((found[ENV.transferMapping] === undefined) !== (found[ENV.importMapping] === undefined))
    problems.push(`${ENV.transferMapping} and ${ENV.importMapping} belong together`);
  const { target } = found[ENV.uploads] ?? {};
  if (target === undefined) return problems;
  if (!found[ENV.endpoints].has(target))
    problems.push(`${ENV.uploads} names the target "${target}", which is no endpoint`);
  if (found[ENV.dumpBucket] === undefined) problems.push(`${ENV.uploads} needs ${ENV.dumpBucket}`);
  return problems;
}
