import { randomUUID } from 'node:crypto';
import { jsonRequest, ServiceError, type StandIn, startStandIn } from './stand-ins.ts';

/** One event that was put on a bus. */
export interface PublishedEvent {
  readonly bus: string;
  readonly source: string;
  readonly type: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** EventBridge: keeps what is published. */
export interface EventBusStandIn extends StandIn {
  readonly events: readonly PublishedEvent[];
}

interface Entry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
}

export async function startEventBus(): Promise<EventBusStandIn> {
  const events: PublishedEvent[] = [];
  const standIn = await startStandIn(async (request) => {
    const { operation, input } = jsonRequest(request);
    if (operation !== 'PutEvents') throw new ServiceError('UnknownOperationException', operation);
    const entries = input.Entries as Entry[];
    for (const { EventBusName: bus, Source: source, DetailType: type, Detail } of entries)
      events.push({ bus, source, type, detail: JSON.parse(Detail) as Record<string, unknown> });
    return { body: { FailedEntryCount: 0, Entries: entries.map(() => ({ EventId: randomUUID() })) } };
  });
  return { ...standIn, events };
}
