import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ResourceInUseException,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createFeeds } from '../../../functions/aws/feeds.ts';

const client = new LambdaClient({ region: 'x' });
const lambda = mockClient(client);
const feeds = createFeeds(client, { transfer: 'uuid-t', import: 'uuid-i' });
const updates = () => lambda.commandCalls(UpdateEventSourceMappingCommand).map(({ args }) => args[0].input);

beforeEach(() => {
  lambda.reset();
  lambda.on(UpdateEventSourceMappingCommand).resolves({});
});

test.each([
  ['Enabled', true],
  ['Enabling', true],
  ['Creating', true],
  ['Disabled', false],
  ['Disabling', false],
])('a mapping that is %s is left alone when that is wanted', async (State, enabled) => {
  lambda.on(GetEventSourceMappingCommand).resolves({ State });
  expect(await feeds.set('transfer', enabled)).toBe('unchanged');
  expect(updates()).toEqual([]);
});

test.each([
  ['Enabled', false],
  ['Disabled', true],
  ['Disabling', true],
  ['Updating', true],
  ['Updating', false],
])('a mapping that is %s is changed', async (State, enabled) => {
  lambda.on(GetEventSourceMappingCommand, { UUID: 'uuid-i' }).resolves({ State });
  expect(await feeds.set('import', enabled)).toBe('changed');
  expect(updates()).toEqual([{ UUID: 'uuid-i', Enabled: enabled }]);
});

test('a mapping that is being changed is left to whoever changes it, which may be this very call', async () => {
  lambda.on(GetEventSourceMappingCommand).resolves({ State: 'Disabling' });
  lambda.on(UpdateEventSourceMappingCommand).rejects(new ResourceInUseException({ $metadata: {}, message: 'text' }));
  expect(await feeds.set('transfer', true)).toBe('busy');
  expect(updates()).toHaveLength(1);
});

test('a mapping that is not there is an error', async () => {
  lambda
    .on(GetEventSourceMappingCommand)
    .rejects(Object.assign(new Error('gone'), { name: 'ResourceNotFoundException' }));
  await expect(feeds.set('transfer', false)).rejects.toMatchObject({
    code: 'FEEDS_UNAVAILABLE',
    message: 'what feeds the transfer function cannot be disabled: ResourceNotFoundException: gone',
  });
});
