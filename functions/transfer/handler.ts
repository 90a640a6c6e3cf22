import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { deadlineOf, type SqsHandler, takeRecords } from '../batch/records.ts';
import { transferMessage } from '../core/messages.ts';
import { transferChunk } from './transfer.ts';
import type { TransferWorker } from './worker.ts';

/** The transfer function: each record names one chunk. */
export function createHandler(worker: TransferWorker): SqsHandler {
  const { log, queues } = worker.ports;
  const handler = middy<SQSEvent, SQSBatchResponse>().handler(async (event, context) =>
    takeRecords({ queue: queues.transfer, log }, event, async (body) => {
      const { job, round, page, chunk } = transferMessage.parse(body);
      await transferChunk(worker, { job, round, page, chunk }, deadlineOf(context));
    }),
  );
  return (event, context) => handler(event, context);
}
