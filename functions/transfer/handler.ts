import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { work } from '../attempt/work.ts';
import type { TransferWorker } from '../attempt/worker.ts';
import { deadlineOf, type SqsHandler, takeRecords } from '../batch/records.ts';
import { transferEntries } from './transfer.ts';

/** The transfer function: each record names one chunk. */
export function createHandler(worker: TransferWorker): SqsHandler {
  const handler = middy<SQSEvent, SQSBatchResponse>().handler(async (event, context) =>
    takeRecords({ ...worker.ports, queue: worker.ports.queues.transfer }, event, async (body) => {
      await work(worker, body, deadlineOf(context), transferEntries);
    }),
  );
  return (event, context) => handler(event, context);
}
