import { createHash } from 'node:crypto';
import { ACCOUNT, REGION } from './services.ts';

export type Properties = Readonly<Record<string, unknown>>;

export interface Resource {
  readonly Type: string;
  readonly Properties?: Properties;
}

/** A synthesised CloudFormation template. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** Values of `Ref` and `Fn::GetAtt` of one resource, as CloudFormation documents them for its type. */
type Attributes = Readonly<Record<string, string>>;

/** Resolves what a template says: raises on anything that it does not know. */
export interface Resolver {
  /** Plain values, with all intrinsic functions replaced. */
  resolve(value: unknown): unknown;
  text(value: unknown): string;
  attributes(logicalId: string): Attributes;
}

export interface ResolverPlace {
  readonly stack: string;
  /** Where queues are. */
  readonly sqsUrl: string;
}

export function resolver(template: Template, place: ResolverPlace): Resolver {
  const pseudo: Readonly<Record<string, string | undefined>> = {
    'AWS::Region': REGION,
    'AWS::AccountId': ACCOUNT,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': place.stack,
  };
  const attributes = (id: string): Attributes => {
    const resource = template.Resources[id];
    if (!resource) throw new Error(`the template has no resource ${id}`);
    return attributesOf(id, resource, place, text);
  };
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [[name, argument] = ['', undefined]] = entries;
    const intrinsic = entries.length === 1 && (name === 'Ref' || name.startsWith('Fn::'));
    if (!intrinsic) return Object.fromEntries(entries.map(([key, inner]) => [key, resolve(inner)]));
    return call(name, argument);
  };
  const call = (name: string, argument: unknown): string => {
    if (name === 'Ref' && typeof argument === 'string') return pseudo[argument] ?? attribute(argument, 'Ref');
    if (name === 'Fn::GetAtt' && Array.isArray(argument)) return attribute(String(argument[0]), String(argument[1]));
    if (name === 'Fn::Join' && Array.isArray(argument)) {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map(text).join(separator);
    }
    throw new Error(`the rig does not know ${name}: ${JSON.stringify(argument)}`);
  };
  const attribute = (id: string, name: string): string => {
    const value = attributes(id)[name];
    if (value === undefined) throw new Error(`the rig does not know ${id}.${name} (${template.Resources[id]?.Type})`);
    return value;
  };
  const text = (value: unknown): string => {
    const resolved = resolve(value);
    if (typeof resolved !== 'string') throw new Error(`${JSON.stringify(value)} is no text`);
    return resolved;
  };
  return { resolve, text, attributes };
}

function attributesOf(
  id: string,
  { Type, Properties = {} }: Resource,
  { stack, sqsUrl }: ResolverPlace,
  text: (value: unknown) => string,
): Attributes {
  const named = (property: string) =>
    Properties[property] === undefined ? `${stack}-${id}` : text(Properties[property]);
  const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
  switch (Type) {
    case 'AWS::SQS::Queue': {
      const name = named('QueueName');
      return {
        Ref: `${sqsUrl}/${ACCOUNT}/${name}`,
        QueueUrl: `${sqsUrl}/${ACCOUNT}/${name}`,
        QueueName: name,
        Arn: arn('sqs', name),
      };
    }
    case 'AWS::DynamoDB::Table':
    case 'AWS::DynamoDB::GlobalTable': {
      const name = named('TableName');
      return { Ref: name, Arn: arn('dynamodb', `table/${name}`) };
    }
    case 'AWS::S3::Bucket': {
      const name = named('BucketName').toLowerCase();
      return { Ref: name, Arn: `arn:aws:s3:::${name}` };
    }
    case 'AWS::Lambda::Function': {
      const name = named('FunctionName');
      return { Ref: name, Arn: arn('lambda', `function:${name}`) };
    }
    case 'AWS::Lambda::EventSourceMapping': {
      const uuid = uuidOf(`${stack}/${id}`);
      return { Ref: uuid, Id: uuid, EventSourceMappingArn: arn('lambda', `event-source-mapping:${uuid}`) };
    }
    case 'AWS::Events::EventBus': {
      const name = named('Name');
      return { Ref: name, Name: name, Arn: arn('events', `event-bus/${name}`) };
    }
    default:
      return {};
  }
}

function uuidOf(text: string): string {
  const digest = createHash('sha256').update(text).digest('hex');
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    digest.slice(12, 16),
    digest.slice(16, 20),
    digest.slice(20, 32),
  ].join('-');
}
