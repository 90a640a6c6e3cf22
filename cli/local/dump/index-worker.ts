/** A thread that looks things up in a copy of an index: making an index of its UUIDs takes seconds for each million files. */
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '../../../functions/core/errors.ts';
import { type IndexRow, IndexTable } from './index-table.ts';

export interface IndexWorkerData {
  readonly file: string;
}

/** UUIDs to look up. */
export type IndexQuestion = readonly string[] | 'close';
/** The first answer, without rows, says that the copy is open. After a failure while opening the thread ends. */
export type IndexAnswer = { readonly rows: readonly IndexRow[] } | { readonly failure: string };

function serve(port: NonNullable<typeof parentPort>, file: string): void {
  const answer = (work: () => readonly IndexRow[]): boolean => {
    try {
      port.postMessage({ rows: work() } satisfies IndexAnswer);
      return true;
    } catch (error) {
      port.postMessage({ failure: messageOf(error) } satisfies IndexAnswer);
      return false;
    }
  };
  let table: IndexTable | undefined;
  const opened = answer(() => {
    table = new IndexTable(file);
    return [];
  });
  if (!opened) return;
  port.on('message', (question: IndexQuestion) => {
    if (question !== 'close') answer(() => table?.lookUp(question) ?? []);
    else {
      table?.close();
      port.close();
    }
  });
}

if (parentPort) serve(parentPort, (workerData as IndexWorkerData).file);
