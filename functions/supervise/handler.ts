import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { deadlineOf } from '../batch/records.ts';
import type { Ports } from '../core/ports.ts';
import type { Servers } from '../orthanc/server.ts';
import type { SupervisorSettings } from './settings.ts';
import { superviseAll } from './tick.ts';

export type SuperviseHandler = (event: object, context: Context) => Promise<void>;

/** The supervise function: each invocation is one tick. */
export function createHandler(ports: Ports, servers: Servers, settings?: SupervisorSettings): SuperviseHandler {
  const handler = middy<object, void>().handler(async (_, context) =>
    superviseAll(ports, servers, settings, deadlineOf(context)),
  );
  return async (event, context) => handler(event, context);
}
