import { workMessage } from '../core/messages.ts';
import type { Deadline } from '../core/ports.ts';
import { redrive } from '../supervise/redrive.ts';
import { attemptChunk } from './attempt.ts';
import type { Process } from './process.ts';
import type { TransferWorker } from './worker.ts';

/** Does what one message of a queue of chunks asks for: an attempt at a chunk, or a failure that is to be tried again. */
export async function work(worker: TransferWorker, body: unknown, deadline: Deadline, process: Process): Promise<void> {
  const message = workMessage.parse(body);
  if (message.type === 'failure') return redrive(worker.ports, message);
  const { job, round, page, chunk } = message;
  await attemptChunk(worker, { job, round, page, chunk }, deadline, process);
}
