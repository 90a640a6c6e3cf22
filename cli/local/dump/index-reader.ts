import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { IndexRow } from './index-table.ts';
import type { IndexAnswer, IndexQuestion, IndexWorkerData } from './index-worker.ts';

/** The thread that reads a copy of an index. */
export class IndexReader {
  readonly #worker: Worker;
  readonly #ended: Promise<unknown>;
  /** Questions that are not answered yet, the oldest first. */
  readonly #waiting: PromiseWithResolvers<readonly IndexRow[]>[] = [];
  #failure: Error | undefined;

  private constructor(file: string) {
    // Published packages hold JavaScript.
    const program = new URL(`./index-worker${extname(import.meta.url)}`, import.meta.url);
    this.#worker = new Worker(program, { workerData: { file } satisfies IndexWorkerData });
    this.#ended = once(this.#worker, 'exit').catch(() => undefined);
    this.#worker.on('message', (answer: IndexAnswer) => this.#answered(answer));
    this.#worker.on('error', (error: unknown) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('its reader has ended')));
  }

  /** Raises an error whose message is the reason why the index cannot be read. */
  static async open(file: string): Promise<IndexReader> {
    const reader = new IndexReader(file);
    try {
      await reader.#answer();
      return reader;
    } catch (error) {
      await reader.#ended;
      throw error;
    }
  }

  /** What the index knows of these files. Raises an error like that of `open`. */
  async lookUp(uuids: readonly string[]): Promise<readonly IndexRow[]> {
    const answer = this.#answer();
    this.#worker.postMessage(uuids satisfies IndexQuestion);
    return answer;
  }

  async close(): Promise<void> {
    this.#worker.postMessage('close' satisfies IndexQuestion);
    await this.#ended;
  }

  async #answer(): Promise<readonly IndexRow[]> {
    if (this.#failure) throw this.#failure;
    const waiting = Promise.withResolvers<readonly IndexRow[]>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  #answered(answer: IndexAnswer): void {
    const waiting = this.#waiting.shift();
    if ('rows' in answer) waiting?.resolve(answer.rows);
    else waiting?.reject(new Error(answer.failure));
  }

  #end(error: unknown): void {
    this.#failure ??= error instanceof Error ? error : new Error(String(error));
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failure);
  }
}
