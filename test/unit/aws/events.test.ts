import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { createEventBus } from '../../../functions/aws/events.ts';
import { NO_COUNTS } from '../../../functions/core/counts.ts';
import type { EndpointName, JobId } from '../../../functions/core/ids.ts';
import type { JobEvent } from '../../../functions/core/ports.ts';
import { instantClock } from './instant-clock.ts';

const client = new EventBridgeClient({ region: 'x' });
const bridge = mockClient(client);
const clock = instantClock();
const bus = createEventBus(client, 'migrations', clock);
const EVENT: JobEvent = {
  type: 'blocked',
  job: 'j1' as JobId,
  kind: 'replicate',
  source: 'pacs' as EndpointName,
  target: 'archive' as EndpointName,
  state: 'running',
  reason: { code: 'FULL', message: 'archive is full' },
  counts: { ...NO_COUNTS, success: 3 },
};
const failed = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'ThrottlingException', ErrorMessage: 'text' }] };

beforeEach(() => {
  bridge.reset();
  clock.slept.length = 0;
});

test('an event is published with its source, its type and what happened', async () => {
  bridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
  await bus.publish(EVENT);
  const [entry, ...others] = bridge.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
  expect(others).toEqual([]);
  expect(entry).toMatchObject({
    EventBusName: 'migrations',
    Source: 'orthanc-migrate',
    DetailType: 'Orthanc Migration Blocked',
  });
  const { type: _, ...detail } = EVENT;
  expect(JSON.parse(entry?.Detail ?? '')).toEqual(detail);
});

test('an entry that failed in an answer that is a success is sent again', async () => {
  bridge.on(PutEventsCommand).resolvesOnce(failed).resolvesOnce(failed).resolves({ FailedEntryCount: 0 });
  await bus.publish(EVENT);
  expect(bridge.commandCalls(PutEventsCommand)).toHaveLength(3);
  expect(clock.slept).toEqual([200, 400]);
});

test('what fails five times is an error', async () => {
  bridge.on(PutEventsCommand).resolves(failed);
  const message = 'event bus migrations does not take an event: ThrottlingException';
  await expect(bus.publish(EVENT)).rejects.toMatchObject({ code: 'EVENTS_UNAVAILABLE', message });
  expect(bridge.commandCalls(PutEventsCommand)).toHaveLength(5);
});

test('a bus that may not be used is named', async () => {
  bridge.on(PutEventsCommand).rejects(Object.assign(new Error('text'), { name: 'AccessDeniedException' }));
  const message = expect.stringMatching(/^event bus migrations .* AWS does not allow it/);
  await expect(bus.publish(EVENT)).rejects.toMatchObject({ code: 'EVENTS_UNAVAILABLE', message });
  expect(bridge.commandCalls(PutEventsCommand)).toHaveLength(1);
});
