import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { work } from '../attempt/work.ts';
import type { TransferWorker } from '../attempt/worker.ts';
import { deadlineOf, type SqsHandler, takeRecords } from '../batch/records.ts';
import { readsDump } from '../core/job.ts';
import { chunkMessage, deadLetterMessage, enumerateMessage } from '../core/messages.ts';
import type { Deadline, WorkerLane } from '../core/ports.ts';
import { enumerateRound, type Origins } from '../enumerate/enumerate.ts';
import { importer } from '../import/import.ts';
import { transferEntries } from '../transfer/transfer.ts';

const message = z.discriminatedUnion('type', [chunkMessage, enumerateMessage, deadLetterMessage]);

/** What a worker does with the queue of its lane, which holds work of every kind. */
export function createHandler(worker: TransferWorker, origins: Origins, lane: WorkerLane): SqsHandler {
  const { ports } = worker;
  const importEntries = importer(origins.dumps);
  const take = async (body: unknown, deadline: Deadline): Promise<void> => {
    const { type, job: id, round } = message.parse(body);
    if (type === 'enumerate') return enumerateRound(ports, origins, id, round, deadline);
    const job = await ports.store.job(id);
    if (job) await work(worker, body, deadline, readsDump(job.kind) ? importEntries : transferEntries);
  };
  const handler = middy<SQSEvent, SQSBatchResponse>().handler(async (event, context) =>
    takeRecords({ ...ports, queue: lane.queue }, event, (body) => take(body, deadlineOf(context))),
  );
  return (event, context) => handler(event, context);
}
