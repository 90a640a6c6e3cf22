import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import type { Answer, Refusal } from '../../../functions/control/answers.ts';
import type { RequestInput, RequestType } from '../../../functions/control/requests.ts';
import type { JobId } from '../../../functions/core/ids.ts';
import type { Job } from '../../../functions/core/job.ts';
import type { Progress } from '../../../functions/supervise/progress.ts';
import { type Deployment, type DeploymentOptions, deploy } from '../../aws/deployment.ts';
import { drain, peek } from '../../aws/queues.ts';
import { type Synthesis, synthesise } from '../../aws/synthesis.ts';
import { checkEvidence, type EvidenceReport } from '../../support/independent.ts';
import { until } from '../../support/until.ts';

const secretArn = (name: string) => `arn:aws:secretsmanager:us-east-1:000000000000:secret:orthanc/${name}-AbCdEf`;

/** What the tests have deployed. */
export const SECRETS = { source: secretArn('source'), target: secretArn('target') } as const;
export const QUIET_MINUTES = 360;
const CONFIGURATION = {
  stack: 'om-test',
  endpoints: {
    source: { secret: SECRETS.source },
    target: { secret: SECRETS.target },
    // The same server as `source`, as one that functions cannot reach.
    clinic: { secret: SECRETS.source, worker: true },
  },
  containers: 3,
  largestInstanceMiB: 4,
  uploads: { target: 'target', prefix: 'incoming/', quietMinutes: QUIET_MINUTES },
  logLevel: 'debug',
} as const;

/** A stack of the product, and what its users do with it. */
export interface Stack extends Deployment {
  /** Asks the supervise function; raises what it refuses. */
  control<T extends RequestType>(type: T, fields: RequestInput<T>): Promise<Answer<T>>;
  status(job?: JobId): Promise<Progress>;
  /** Waits until a job has ended. */
  untilEnded(job: JobId, patience?: Patience): Promise<Progress>;
  /** Downloads and checks the evidence. */
  evidence(job: JobId): Promise<EvidenceReport>;
  /** Final failures in the dead-letter queue; they stay there. */
  deadLetters(): Promise<readonly { readonly item: string; readonly code: string }[]>;
  /** Raises when anything lies in any dead-letter queue; what does is taken out. */
  expectNoDeadLetters(): Promise<void>;
}

export interface Patience {
  /** Seconds of the machine's clock after which it raises; 240. */
  readonly seconds?: number;
  /** By how much the rig's clock is moved forward at each look, where nothing but time is waited for. Milliseconds. */
  readonly hurryMs?: number;
}

const ENDED = new Set<Job['state']>(['completed', 'completed-with-failures', 'stopped', 'cancelled', 'failed']);
/** Between two looks at a job, by the clock of the rig. */
const LOOK_MS = 15_000;

export type StackOptions = Pick<DeploymentOptions, 'factor' | 'count' | 'scheduled'> & {
  /** URLs of the servers, or whole secrets. */
  readonly source?: string | object;
  readonly target: string | object;
};

/** Synthesised once for all stacks of a test file. */
let synthesis: Promise<Synthesis> | undefined;

export async function removeSynthesis(): Promise<void> {
  await (await synthesis?.catch(() => undefined))?.remove();
  synthesis = undefined;
}

export async function startStack({ source, target, ...options }: StackOptions): Promise<Stack> {
  synthesis ??= synthesise(CONFIGURATION);
  const deployment = await deploy({
    ...options,
    synthesis: await synthesis,
    secrets: {
      ...(source === undefined ? {} : { [SECRETS.source]: secretOf(source) }),
      [SECRETS.target]: secretOf(target),
    },
  });
  const { functions, services, time } = deployment;

  const control = async <T extends RequestType>(type: T, fields: RequestInput<T>): Promise<Answer<T>> => {
    const answer = await functions.supervise.invoke({ control: { v: 1, type, ...fields } });
    const refusal = answer as Refusal;
    if (refusal.ok === false) throw new Error(`${type} was refused: ${refusal.code}: ${refusal.message}`);
    return answer as Answer<T>;
  };
  const status = async (job?: JobId) => (await control('status', job === undefined ? {} : { job })).progress;
  const stack: Stack = {
    ...deployment,
    control,
    status,
    async untilEnded(job, { seconds = 240, hurryMs = 0 } = {}) {
      let seen = await status(job);
      const ended = async () => {
        if (!ENDED.has(seen.job.state)) await time.sleep(LOOK_MS);
        if (hurryMs > 0) await time.move(hurryMs);
        seen = await status(job);
        return ENDED.has(seen.job.state);
      };
      await until(`job ${job} ends`, ended, seconds).catch(async (error: unknown) => {
        const logs = await tailsOfLogs(deployment);
        throw new Error(`the last status was ${JSON.stringify(seen)}\n${logs}`, { cause: error });
      });
      return seen;
    },
    evidence: (job) => downloadEvidence(deployment, job),
    async deadLetters() {
      const bodies = await peek(services.sqs, deployment.queue('deadLetterQueue'));
      return bodies.map((body) => JSON.parse(body) as { item: string; code: string });
    },
    async expectNoDeadLetters() {
      for (const queue of deployment.deadLetterQueues) {
        const bodies = await drain(services.sqs, queue);
        if (bodies.length > 0)
          throw new Error(`${queue} holds ${bodies.length} messages:\n${bodies.slice(0, 5).join('\n')}`);
      }
    },
  };
  return stack;
}

function secretOf(server: string | object): object {
  return typeof server === 'string' ? secretFor(server) : server;
}

export const PASSWORD = 'a-password-of-the-rig';

/** A server without authentication takes any. */
export function secretFor(url: string, password = PASSWORD): object {
  return { url, username: 'rig', password };
}

const TAIL_LINES = 12;

/** What each function did last. */
async function tailsOfLogs({ functions }: Deployment): Promise<string> {
  const tails = Object.values(functions).map(async ({ name, settings, statistics }) => {
    const log = await readFile(settings.logFile, 'utf8').catch(() => '');
    const { errors, ...rest } = statistics;
    const last = [...errors.slice(-TAIL_LINES), ...log.trimEnd().split('\n').slice(-TAIL_LINES)];
    return `${name} ${JSON.stringify(rest)}\n  ${last.join('\n  ')}`;
  });
  return (await Promise.all(tails)).join('\n');
}

async function downloadEvidence({ services, evidenceBucket }: Deployment, job: JobId): Promise<EvidenceReport> {
  const folder = await mkdtemp(join(tmpdir(), 'om-evidence-'));
  const download = async (path: string) => {
    const key = `jobs/${job}/${path}`;
    const { Body } = await services.s3.send(new GetObjectCommand({ Bucket: evidenceBucket, Key: key }));
    const bytes = (await Body?.transformToByteArray()) ?? new Uint8Array();
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
    return bytes;
  };
  try {
    const manifest = JSON.parse(new TextDecoder().decode(await download('manifest.json'))) as {
      readonly shards: readonly { readonly path: string }[];
    };
    for (const { path } of manifest.shards) await download(path);
    return await checkEvidence(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
