/** The configuration document of a stack; orthanc-migrate.example.yaml shows and explains it. */
import * as z from 'zod';
import { problemOfSchedule } from './cron.ts';
import {
  bucketName,
  endpointName,
  kmsKeyArn,
  secret,
  securityGroupId,
  serverUrl,
  stackName,
  subnetId,
  timeZone,
  vpcId,
} from './names.ts';

/** A whole number with its bounds, and a text that names both. */
function between(from: number, to: number, unit: string): z.ZodNumber {
  const error = `is no whole number of ${unit} in its bounds; write one between ${from} and ${to}`;
  return z.number({ error }).int(error).min(from, error).max(to, error);
}

const endpoint = z.strictObject({
  secret,
  url: serverUrl.optional(),
  worker: z.boolean({ error: 'is neither of the two that it can be; write true or false' }).default(false),
});

const uploads = z.strictObject({
  target: endpointName,
  /** Keys begin with it; S3 writes nothing else into the queue. */
  prefix: z
    .string()
    .superRefine((prefix, context) => {
      if (prefix.startsWith('/') || prefix.startsWith('s3:'))
        context.addIssue(`"${prefix}" is absolute; keys in S3 begin without a slash: write it as incoming/`);
      else if (!prefix.endsWith('/'))
        context.addIssue(
          `"${prefix}" does not end in a slash, so that it would cover other folders too; write ${prefix}/`,
        );
      else if (/\/\/|(?:^|\/)\.\.?\/|[*?]/.test(prefix))
        context.addIssue(
          `"${prefix}" has "//", "./", "../" or a wildcard, which S3 takes literally; write a plain folder`,
        );
    })
    .default('incoming/'),
  quietMinutes: between(1, 10_080, 'minutes').default(60),
  orphans: z
    .enum(['import', 'skip'], { error: 'is neither of the two that it can be; write import or skip' })
    .optional(),
});

const schedule = z.strictObject({
  kind: z
    .enum(['replicate', 'verify', 'dry-run'], {
      error: 'is no kind of scheduled job; write replicate, verify or dry-run',
    })
    .default('replicate'),
  source: endpointName,
  target: endpointName,
  when: z.string({ error: 'is missing; write for example "cron(0 22 * * ? *)"' }).superRefine((expression, context) => {
    const problem = problemOfSchedule(expression);
    if (problem !== undefined) context.addIssue(`"${expression}" ${problem}`);
  }),
  timeZone: timeZone.default('UTC'),
});

const network = z.strictObject({
  vpc: vpcId,
  subnets: z
    .array(subnetId, { error: 'is missing; list private subnets of the VPC, from which the servers can be reached' })
    .min(1, 'is empty; list private subnets of the VPC, from which the servers can be reached')
    .max(16, 'lists more than 16 subnets; Lambda takes no more'),
  securityGroups: z
    .array(securityGroupId, { error: 'is missing; list security groups that let the functions out to the servers' })
    .min(1, 'is empty; list security groups that let the functions out to the servers')
    .max(5, 'lists more than 5 security groups; Lambda takes no more'),
});

const alarms = z.strictObject({
  email: z.email('is no e-mail address; write it as team@example.org').optional(),
  noProgressMinutes: between(5, 1440, 'minutes').default(30),
  gateClosedMinutes: between(5, 1440, 'minutes').default(15),
});

/** The periods that CloudWatch Logs knows. */
const LOG_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const retention = z.strictObject({
  logDays: z
    .number()
    .refine(
      (days) => LOG_DAYS.includes(days),
      `is no period that CloudWatch Logs knows; write one of ${LOG_DAYS.join(', ')}`,
    )
    .default(90),
  evidenceDays: between(30, 36_500, 'days').optional(),
});

export const configuration = z.strictObject({
  stack: stackName.default('orthanc-migrate'),
  endpoints: z
    .record(endpointName, endpoint, { error: 'is missing; name at least one Orthanc server and its secret' })
    .refine((all) => Object.keys(all).length > 0, 'is empty; name at least one Orthanc server and its secret'),
  containers: between(2, 1000, 'containers').default(2),
  largestInstanceMiB: between(1, 10_240, 'mebibytes').default(1024),
  uploads: uploads.optional(),
  dumpBuckets: z.array(bucketName).default([]),
  schedules: z
    .record(
      z
        .string()
        .regex(/^[A-Za-z0-9_-]{1,20}$/, 'is no name for a schedule; write letters, digits, "-" and "_", 20 at most'),
      schedule,
    )
    .default({}),
  network: network.optional(),
  alarms: alarms.prefault({}),
  retention: retention.prefault({}),
  kmsKey: kmsKeyArn.optional(),
  decryptKeys: z.array(kmsKeyArn).default([]),
  storageKeysSecret: secret.optional(),
  logLevel: z
    .enum(['debug', 'info', 'warn', 'error'], { error: 'is no level; write debug, info, warn or error' })
    .default('info'),
});

export type Configuration = z.output<typeof configuration>;
export type ScheduleConfiguration = z.output<typeof schedule>;
