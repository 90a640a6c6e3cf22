import { createHash } from 'node:crypto';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { resourcesOf } from './resources.ts';
import { REGION, type Services } from './services.ts';
import type { Resolver, Template } from './template.ts';
import type { RigTime } from './time.ts';

/** The bucket of dumps, as the template lets it tell about its objects. */
export interface UploadsBucket {
  readonly name: string;
  readonly queueUrl: string;
  readonly prefix: string;
  /** Stores an object and sends the event of it, as S3 does. */
  upload(key: string, bytes: Uint8Array): Promise<void>;
  /** Sends the event once more: S3 promises it at least once. */
  repeat(key: string): Promise<void>;
  /** What S3 sends when a notification is set up. */
  testEvent(): Promise<void>;
}

/** As in the property `NotificationConfiguration` of a bucket. */
interface QueueConfiguration {
  readonly Event: string;
  readonly Queue: unknown;
  readonly Filter?: {
    readonly S3Key?: { readonly Rules?: readonly { readonly Name: string; readonly Value: string }[] };
  };
}

/** The bucket that tells a queue of its objects; fauxqs has no notifications, so that the rig sends them. */
export function uploadsBucket(
  template: Template,
  resolver: Resolver,
  services: Services,
  time: RigTime,
): UploadsBucket {
  const { name, configuration } = notifyingBucket(template, resolver);
  if (configuration.Event !== 's3:ObjectCreated:*') throw new Error(`the bucket tells of ${configuration.Event} alone`);
  const queueArn = resolver.text(configuration.Queue);
  const queues = resourcesOf(template, 'AWS::SQS::Queue').map(([id]) => resolver.attributes(id));
  const queueUrl = queues.find(({ Arn }) => Arn === queueArn)?.Ref;
  if (queueUrl === undefined) throw new Error(`the template has no queue ${queueArn}`);
  const rules = configuration.Filter?.S3Key?.Rules ?? [];
  const prefix = rules.find((rule) => rule.Name === 'prefix')?.Value ?? '';
  const told = new Map<string, string>();
  const tell = async (body: string) => {
    await services.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
  };
  let sequence = 0;
  return {
    name,
    queueUrl,
    prefix,
    async upload(key, bytes) {
      await services.s3.send(new PutObjectCommand({ Bucket: name, Key: key, Body: bytes }));
      if (!key.startsWith(prefix)) return;
      sequence += 1;
      const body = eventOf({ bucket: name, key, bytes, at: time.now(), sequence });
      told.set(key, body);
      await tell(body);
    },
    async repeat(key) {
      const body = told.get(key);
      if (body === undefined) throw new Error(`there was no event of ${key}`);
      await tell(body);
    },
    testEvent: () =>
      tell(
        JSON.stringify({
          Service: 'Amazon S3',
          Event: 's3:TestEvent',
          Time: new Date(time.now()).toISOString(),
          Bucket: name,
          RequestId: '5582815E1AEA5ADF',
          HostId: '8cLeGAmw098X5cv4Zkwcmo8vvZa3eH3eKxsPzbB9wrR+YstdA6Knx4Ip8EXAMPLE',
        }),
      ),
  };
}

function notifyingBucket(template: Template, resolver: Resolver): { name: string; configuration: QueueConfiguration } {
  for (const [id, { NotificationConfiguration }] of resourcesOf(template, 'AWS::S3::Bucket')) {
    const all = (NotificationConfiguration ?? {}) as { QueueConfigurations?: readonly QueueConfiguration[] };
    const [configuration] = all.QueueConfigurations ?? [];
    if (configuration) return { name: String(resolver.attributes(id).Ref), configuration };
  }
  throw new Error('the template has no bucket that tells a queue of its objects');
}

interface Stored {
  readonly bucket: string;
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly sequence: number;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
function eventOf({ bucket, key, bytes, at, sequence }: Stored): string {
  const record = {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: REGION,
    eventTime: new Date(at).toISOString(),
    eventName: 'ObjectCreated:Put',
    userIdentity: { principalId: 'AWS:AIDACKCEVSQ6C2EXAMPLE' },
    requestParameters: { sourceIPAddress: '127.0.0.1' },
    responseElements: {
      'x-amz-request-id': 'C3D13FE58DE4C810',
      'x-amz-id-2': 'FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD',
    },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: 'uploads',
      bucket: { name: bucket, ownerIdentity: { principalId: 'A3NL1KOZZKExample' }, arn: `arn:aws:s3:::${bucket}` },
      object: {
        key: encodedKey(key),
        size: bytes.length,
        eTag: createHash('md5').update(bytes).digest('hex'),
        sequencer: sequence.toString(16).toUpperCase().padStart(18, '0'),
      },
    },
  };
  return JSON.stringify({ Records: [record] });
}

/** "URL-encoded": as a form is, a space being a plus sign, with the slashes left. */
function encodedKey(key: string): string {
  return new URLSearchParams({ key }).toString().slice('key='.length).replaceAll('%2F', '/');
}
