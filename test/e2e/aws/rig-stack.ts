import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENV, FUNCTION_NAMES } from '../../../functions/environment.ts';
import type { Synthesis } from '../../aws/synthesis.ts';
import type { Template } from '../../aws/template.ts';

/** Does what the body of each record says; asked directly, it tells what it sees. */
const CODE = `
import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
let invocations = 0;
let ticks = 0;
setInterval(() => { ticks += 1; }, 10);
async function take({ body }) {
  const { act, ms } = JSON.parse(body);
  if (act === 'sleep') await sleep(ms);
  if (act === 'throw') throw new TypeError('thrown on purpose');
  if (act === 'exit') process.exit(3);
  return act !== 'refuse';
}
export async function handler(event, context) {
  invocations += 1;
  if (!event.Records) {
    const begun = Date.now();
    if (event.sleepMs) await sleep(event.sleepMs);
    return { event, env: process.env, files: readdirSync('.'), invocations, ticks, begun, ended: Date.now(),
      remaining: context.getRemainingTimeInMillis(), requestId: context.awsRequestId };
  }
  const done = await Promise.all(event.Records.map(take));
  return { batchItemFailures: event.Records.filter((_, index) => !done[index]).map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
`;

const VISIBILITY_SECONDS = 180;
export const TIMEOUT_SECONDS = 30;

/** A stack of the same shape as the product's, whose functions do what a test of the rig tells them. */
export async function rigStack(): Promise<Synthesis> {
  const folder = await mkdtemp(join(tmpdir(), 'om-rig-'));
  await writeFile(join(folder, 'index.mjs'), CODE);
  return {
    stack: 'rig',
    template: TEMPLATE,
    asset: () => folder,
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const lambda = (name: string) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: `rig-${name}`,
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    Timeout: TIMEOUT_SECONDS,
    MemorySize: 256,
    Code: { S3Bucket: 'assets', S3Key: 'hash.zip' },
    Environment: {
      Variables: {
        [ENV.transferQueue]: { Ref: 'Transfer' },
        [ENV.deadLetterQueue]: { Ref: 'Dead' },
        [ENV.evidenceBucket]: { Ref: 'Evidence' },
        [ENV.transferMapping]: { Ref: 'Mapping' },
        [ENV.table]: { Ref: 'Table' },
        [ENV.endpoints]: { 'Fn::Join': ['', ['{"a":"', { 'Fn::GetAtt': ['Transfer', 'Arn'] }, '"}']] },
      },
    },
  },
});

const TEMPLATE: Template = {
  Resources: {
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'rig-dead' } },
    Transfer: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'rig-transfer',
        VisibilityTimeout: VISIBILITY_SECONDS,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 3 },
      },
    },
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      },
    },
    Evidence: { Type: 'AWS::S3::Bucket' },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': ['Transfer', 'Arn'] },
        FunctionName: { 'Fn::GetAtt': ['TransferFunction', 'Arn'] },
        BatchSize: 4,
        ScalingConfig: { MaximumConcurrency: 2 },
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
    },
    Minute: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(1 minute)',
        Target: { Arn: { 'Fn::GetAtt': ['SuperviseFunction', 'Arn'] }, Input: '{"minute":true}' },
      },
    },
    ...Object.fromEntries(
      FUNCTION_NAMES.map((name) => [`${name[0]?.toUpperCase()}${name.slice(1)}Function`, lambda(name)]),
    ),
  },
};
