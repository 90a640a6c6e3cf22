import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { type SqsHandler, takeRecordsTogether } from '../batch/records.ts';
import type { FileKey } from '../core/ids.ts';
import type { Ports, WorkQueue } from '../core/ports.ts';
import { Intake, type UploadsSettings } from './intake.ts';

export interface UploadsPlace {
  readonly ports: Ports;
  readonly settings: UploadsSettings;
  /** Where the messages come from. */
  readonly queue: WorkQueue;
  /** The files that one message tells of. Raises what a message that is none of ours deserves. */
  readonly filesOf: (body: unknown) => readonly FileKey[];
}

/** The uploads function: each record tells of files that were uploaded; those of one batch are taken down together. */
export function createHandler({ ports, settings, queue, filesOf }: UploadsPlace): SqsHandler {
  const intake = new Intake(ports, settings);
  const handler = middy<SQSEvent, SQSBatchResponse>().handler(async (event) =>
    takeRecordsTogether({ ...ports, queue }, event, filesOf, (files) => intake.takeDown(files.flat())),
  );
  return (event, context) => handler(event, context);
}
