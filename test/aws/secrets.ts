import { createHash } from 'node:crypto';
import { jsonRequest, ServiceError, type StandIn, startStandIn } from './stand-ins.ts';

/** Secrets Manager, as far as functions use it. */
export interface SecretsStandIn extends StandIn {
  /** Makes or renews a secret; its value is kept as JSON. */
  put(arn: string, value: unknown): void;
  remove(arn: string): void;
  /** How often each secret was read. */
  readonly reads: ReadonlyMap<string, number>;
}

export async function startSecrets(): Promise<SecretsStandIn> {
  const secrets = new Map<string, string>();
  const reads = new Map<string, number>();
  const standIn = await startStandIn(async (request) => {
    const { operation, input } = jsonRequest(request);
    if (operation !== 'GetSecretValue') throw new ServiceError('UnknownOperationException', operation);
    const id = String(input.SecretId);
    const value = secrets.get(id);
    if (value === undefined)
      throw new ServiceError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    reads.set(id, (reads.get(id) ?? 0) + 1);
    const digest = createHash('sha256').update(value).digest('hex');
    return {
      body: {
        ARN: id,
        Name: id.split(':').at(-1),
        SecretString: value,
        VersionId: digest.slice(0, 32),
        VersionStages: ['AWSCURRENT'],
        CreatedDate: 1_700_000_000,
      },
    };
  });
  return {
    ...standIn,
    reads,
    put: (arn, value) => void secrets.set(arn, JSON.stringify(value)),
    remove: (arn) => void secrets.delete(arn),
  };
}
