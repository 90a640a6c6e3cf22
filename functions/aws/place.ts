import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { EndpointName } from '../core/ids.ts';
import type { Log, Metrics, Ports, WorkerLane } from '../core/ports.ts';
import { systemClock } from '../core/system-clock.ts';
import type { Servers } from '../orthanc/server.ts';
import { createServers } from '../orthanc/servers.ts';
import { CLIENT, objectsClient, queuesClient } from './clients.ts';
import { DynamoJobStore } from './dynamodb/job-store.ts';
import { S3ObjectStore } from './s3/object-store.ts';
import { SecretEndpoints } from './secrets/endpoints.ts';
import type { AwsSettings } from './settings.ts';
import { SqsQueue } from './sqs/work-queue.ts';

/** What a process on AWS, or a worker beside it, works with. Its owner closes it. */
export interface AwsPlace {
  readonly settings: AwsSettings;
  readonly ports: Ports & { readonly queues: Queues };
  readonly servers: Servers;
  /** Chunks and enumerations for a worker. */
  readonly workerQueue?: SqsQueue;
  /** S3's notifications of uploads. */
  readonly uploadsQueue?: SqsQueue;
  /** Any other queue, by its URL. */
  readonly queue: (url: string) => SqsQueue;
  readonly clients: { readonly objects: S3Client; readonly secrets: SecretsManagerClient };
  close(): Promise<void>;
}

type Queues = { readonly [K in keyof Ports['queues']]: SqsQueue };

/** What the owner brings along. */
export interface PlaceOptions extends Pick<Ports, 'events' | 'feeds'> {
  readonly log: Log;
  readonly metrics?: Metrics;
  readonly environment?: NodeJS.ProcessEnv;
}

export function createPlace(settings: AwsSettings, options: PlaceOptions): AwsPlace {
  const { environment = process.env, ...given } = options;
  const clients = {
    objects: objectsClient(environment),
    secrets: new SecretsManagerClient(CLIENT),
    queues: queuesClient(environment),
    store: new DynamoDBClient(CLIENT),
  };
  const clock = systemClock;
  const queue = (url: string, name = nameOf(url)) => new SqsQueue({ client: clients.queues, url, name, clock });
  const { worker, uploads, ...urls } = settings.queues;
  const workerQueue = worker === undefined ? undefined : queue(worker, 'worker');
  const endpoints = new SecretEndpoints(clients.secrets, settings.endpoints, clock);
  const servers = createServers(endpoints);
  return {
    settings,
    ports: {
      store: new DynamoJobStore(clients.store, settings.table),
      objects: new S3ObjectStore(clients.objects, settings.evidenceBucket),
      endpoints,
      clock,
      queues: {
        enumerate: queue(urls.enumerate, 'enumerate'),
        transfer: queue(urls.transfer, 'transfer'),
        import: queue(urls.import, 'import'),
        deadLetter: queue(urls.deadLetter, 'dead-letter'),
      },
      ...(workerQueue && { lane: laneOf(settings, workerQueue) }),
      ...(settings.superviseEveryMs !== undefined && { superviseEveryMs: settings.superviseEveryMs }),
      ...given,
    },
    servers,
    ...(workerQueue && { workerQueue }),
    ...(uploads !== undefined && { uploadsQueue: queue(uploads, 'uploads') }),
    queue: (url) => queue(url),
    clients,
    async close() {
      await servers.close();
      for (const client of Object.values(clients)) client.destroy();
    },
  };
}

function laneOf({ largestInstance, endpoints }: AwsSettings, queue: SqsQueue): WorkerLane {
  const names = [...endpoints].filter(([, { worker }]) => worker).map(([name]) => name as EndpointName);
  return { queue, aboveBytes: largestInstance, endpoints: new Set(names) };
}

/** The last part of a queue's URL. */
function nameOf(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}
