import * as z from 'zod';
import { parseBandwidth } from '../core/bandwidth.ts';
import { UsageError } from '../core/errors.ts';
import type { EndpointName, FileKey, JobId } from '../core/ids.ts';
import { isOutcomeCode, outcomeClass } from '../core/outcome.ts';

/**
 * What a stack can be asked: `{"control": {"v": 1, "type": "status", …}}` as the payload of an invocation of its supervise function.
 * Unknown fields are refused, since whoever wrote them meant something by them.
 */
export const REQUEST_VERSION = 1;

/** A job's id is part of object keys. */
const jobId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
    'is no job id: up to 64 letters, digits, "-" and "_", not beginning with "-" or "_"',
  )
  .transform((text) => text as JobId);
/** As a person gives it: an id, or the beginning or end of one. Absent: the newest job. */
const job = z.string().min(1).max(64).exactOptional();
const endpoint = z
  .string()
  .min(1)
  .max(200)
  .transform((text) => text as EndpointName);
const root = z
  .string()
  .regex(/^s3:\/\/[^/?%]+\/[^?]*$/, 'is no s3://bucket/prefix')
  .transform((text) => text as FileKey);
const failureCode = z.string().refine((code) => isOutcomeCode(code) && outcomeClass(code) === 'failure', {
  error: 'is no code of a failure; "orthanc-migrate failures" shows those of a job',
});
const values = z.array(z.string().min(1)).min(1).readonly().exactOptional();
const dicomDate = z
  .string()
  .regex(/^\d{8}$/, 'is no DICOM date: YYYYMMDD')
  .exactOptional();

const selection = z.strictObject({
  studies: values,
  patientIds: values,
  modalities: values,
  studyDate: z.strictObject({ from: dicomDate, to: dicomDate }).exactOptional(),
  labels: values,
});

const DAY_MS = 86_400_000;

const anyOptions = {
  conflict: z.enum(['keep-target', 'fail', 'overwrite']).default('keep-target'),
  maxWaitMs: z.number().int().positive().default(DAY_MS),
};
const serverOptions = z.strictObject({
  selection: selection.default({}),
  check: z.enum(['md5', 'size', 'none']).default('md5'),
  ...anyOptions,
});
/** What servers alone have is accepted as it is by default, and refused otherwise. */
const importOptions = z.strictObject({
  selection: z.strictObject({}).default({}),
  check: z.literal('md5').default('md5'),
  ...anyOptions,
  orphans: z.literal('import', { error: 'can only be "import": in a bucket no index is looked into' }).exactOptional(),
  acceptHeaderOnly: z.boolean().exactOptional(),
});

const bandwidth = z.string().superRefine((text, context) => {
  try {
    parseBandwidth(text);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});

const limits = z.strictObject({
  transfers: z.number().int().min(1).max(1000).exactOptional(),
  inflightBytes: z.number().int().positive().exactOptional(),
  bandwidth: bandwidth.exactOptional(),
});

const servers = {
  source: endpoint,
  target: endpoint,
};
const common = {
  limits: limits.default({}),
  /** A new job even where an unfinished one could be continued. */
  restart: z.boolean().default(false),
  /** Of a new job; what is asked for again under the same id is the same job. */
  id: jobId.exactOptional(),
};

/** What a job is started with: of a request, of an event `Orthanc Migration Requested`, and of a schedule. */
export const startFields = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['replicate', 'dry-run', 'verify']),
    ...servers,
    options: serverOptions.prefault({}),
    ...common,
  }),
  z.strictObject({
    kind: z.enum(['import', 'import-dry-run']),
    roots: z.array(root).min(1).max(1000).readonly(),
    target: endpoint,
    options: importOptions.prefault({}),
    ...common,
  }),
]);

/** The fields of each request beside `v` and `type`. */
export const requests = {
  start: startFields,
  jobs: z.strictObject({}),
  status: z.strictObject({ job }),
  /** Final failures in pages: each begins after the item at which the one before ended. */
  failures: z.strictObject({
    job,
    code: failureCode.exactOptional(),
    after: z.string().min(1).exactOptional(),
    limit: z.number().int().min(1).max(1000).default(500),
  }),
  retry: z.strictObject({ job, code: failureCode.exactOptional() }),
  pause: z.strictObject({ job }),
  resume: z.strictObject({ job }),
  cancel: z.strictObject({ job }),
  /** The files of the evidence in pages, from this one on. */
  report: z.strictObject({ job, from: z.number().int().nonnegative().default(0) }),
  /** What a dry run of an import found. */
  content: z.strictObject({ job }),
  limits: z.strictObject({ target: endpoint, changes: limits.default({}) }),
  doctor: z.strictObject({}),
  smoke: z.strictObject(servers),
  'smoke-clean': z.strictObject({ job: jobId }),
  environment: z.strictObject({}),
  tick: z.strictObject({}),
} as const;

export type RequestType = keyof typeof requests;
/** As sent: what has a default may be left out. */
export type RequestInput<T extends RequestType> = z.input<(typeof requests)[T]>;
/** As understood. */
export type Requests = { readonly [T in RequestType]: z.output<(typeof requests)[T]> };
export type StartRequest = Requests['start'];

/** The same, for a type that is known only when it is read. */
export const schemas: { readonly [T in RequestType]: z.ZodType<Requests[T]> } = requests;

export function isRequestType(text: unknown): text is RequestType {
  return typeof text === 'string' && Object.hasOwn(requests, text);
}
