import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { work } from '../attempt/work.ts';
import type { TransferWorker } from '../attempt/worker.ts';
import { deadlineOf, type SqsHandler, takeRecords } from '../batch/records.ts';
import type { Dumps } from '../core/dump.ts';
import { importer } from './import.ts';

/** The import function: each record names one chunk of files. */
export function createHandler(worker: TransferWorker, dumps: Dumps): SqsHandler {
  const process = importer(dumps);
  const handler = middy<SQSEvent, SQSBatchResponse>().handler(async (event, context) =>
    takeRecords({ ...worker.ports, queue: worker.ports.queues.import }, event, async (body) => {
      await work(worker, body, deadlineOf(context), process);
    }),
  );
  return (event, context) => handler(event, context);
}
