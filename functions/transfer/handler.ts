import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { attemptChunk } from '../attempt/attempt.ts';
import type { TransferWorker } from '../attempt/worker.ts';
import { deadlineOf, type SqsHandler, takeRecords } from '../batch/records.ts';
import { chunkMessage } from '../core/messages.ts';
import { transferEntries } from './transfer.ts';

/** The transfer function: each record names one chunk. */
export function createHandler(worker: TransferWorker): SqsHandler {
  const { log, queues } = worker.ports;
  const handler = middy<SQSEvent, SQSBatchResponse>().handler(async (event, context) =>
    takeRecords({ queue: queues.transfer, log }, event, async (body) => {
      const { job, round, page, chunk } = chunkMessage.parse(body);
      await attemptChunk(worker, { job, round, page, chunk }, deadlineOf(context), transferEntries);
    }),
  );
  return (event, context) => handler(event, context);
}
