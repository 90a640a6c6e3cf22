import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { deadlineOf, type SqsHandler, takeRecords } from '../batch/records.ts';
import { enumerateMessage } from '../core/messages.ts';
import type { Ports } from '../core/ports.ts';
import { enumerateRound, type Origins } from './enumerate.ts';

/** The enumerate function: each record asks to go on with the plan of one round. */
export function createHandler(ports: Ports, origins: Origins): SqsHandler {
  const handler = middy<SQSEvent, SQSBatchResponse>().handler(async (event, context) =>
    takeRecords({ ...ports, queue: ports.queues.enumerate }, event, async (body) => {
      const { job, round } = enumerateMessage.parse(body);
      await enumerateRound(ports, origins, job, round, deadlineOf(context));
    }),
  );
  return (event, context) => handler(event, context);
}
