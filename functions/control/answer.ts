import * as z from 'zod';
import { FatalError, MigrationError, UsageError } from '../core/errors.ts';
import type { Deadline } from '../core/ports.ts';
import type { Answer, Answers, Refusal } from './answers.ts';
import { cancel } from './cancel.ts';
import { doctor } from './doctor.ts';
import { listFailures } from './failures.ts';
import { listJobs } from './jobs.ts';
import { changeLimits } from './limits.ts';
import { pause, resume } from './pause.ts';
import type { ControlPlace } from './place.ts';
import { content, report } from './report.ts';
import { isRequestType, REQUEST_VERSION, type Requests, type RequestType, requests, schemas } from './requests.ts';
import { retry } from './retry.ts';
import { cleanSmoke, smoke } from './smoke.ts';
import { requireEndpoint, start } from './start.ts';
import { tellStatus } from './status.ts';
import { tickSoon } from './tick-soon.ts';

type UseCase<T extends RequestType> = (
  place: ControlPlace,
  request: Requests[T],
  deadline: Deadline,
) => Promise<Answers[T]>;

const USE_CASES: { readonly [T in RequestType]: UseCase<T> } = {
  start,
  jobs: ({ ports }) => listJobs(ports),
  status: ({ ports }, request) => tellStatus(ports, request),
  failures: ({ ports }, request) => listFailures(ports, request),
  retry,
  pause,
  resume,
  cancel: async (place, request, deadline) => {
    const changed = await cancel(place.ports, request);
    await tickSoon(place, changed.job.id, deadline);
    return changed;
  },
  report,
  content: ({ ports }, request) => content(ports, request),
  limits: async (place, { target, changes }) => {
    requireEndpoint(place, target);
    return { limits: await changeLimits(place.ports.store, target, changes) };
  },
  doctor,
  smoke,
  'smoke-clean': cleanSmoke,
  environment: async ({ version, environment }) => ({ version, environment }),
  tick: async ({ tick }, _, deadline) => {
    await tick(deadline);
    return {};
  },
};

/** Answers one request. Raises what nobody foresaw; everything else is a refusal. */
export async function answer(
  place: ControlPlace,
  control: unknown,
  deadline: Deadline,
): Promise<Answer<RequestType> | Refusal> {
  try {
    const { type, fields } = parseEnvelope(control, place.version);
    place.ports.log.info({ request: type }, 'asked from outside');
    return await answerOf(type, place, fields, deadline);
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    const { code, message } = error;
    // Whoever asks is told why. The text may quote what he gave by mistake: a URL with a password.
    place.ports.log.info({ code }, 'refused what was asked');
    return { ok: false, code, message, ...(error instanceof FatalError && { fatal: true }) };
  }
}

async function answerOf<T extends RequestType>(
  type: T,
  place: ControlPlace,
  fields: unknown,
  deadline: Deadline,
): Promise<Answer<T>> {
  const parsed = schemas[type].safeParse(fields);
  if (!parsed.success) throw new UsageError(`request "${type}": ${problemsOf(parsed.error)}`);
  return { ok: true, ...(await USE_CASES[type](place, parsed.data, deadline)) };
}

/** What is wrong with an input, in one line that quotes no value. */
export function problemsOf({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => [path.join('.'), message].filter(Boolean).join(': ')).join('; ');
}

const envelope = z.looseObject({ v: z.number().default(REQUEST_VERSION), type: z.string() });

function parseEnvelope(control: unknown, version: string): { readonly type: RequestType; readonly fields: unknown } {
  const parsed = envelope.safeParse(control);
  if (!parsed.success) throw new UsageError(`control: ${problemsOf(parsed.error)}`);
  const { v, type, ...fields } = parsed.data;
  if (v !== REQUEST_VERSION)
    throw new UsageError(
      `this stack (version ${version}) understands requests of version ${REQUEST_VERSION}, not ${v}: ` +
        'use the command line of the same version, or deploy anew',
    );
  if (isRequestType(type)) return { type, fields };
  const known = Object.keys(requests).join(', ');
  throw new UsageError(`this stack (version ${version}) knows no request of this type; it knows ${known}`);
}
