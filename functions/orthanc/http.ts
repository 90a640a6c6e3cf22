import type { Dispatcher } from 'undici';
import type Pool from 'undici/lib/dispatcher/pool.js';
import type { Side } from '../core/answer.ts';
import type { Endpoint } from '../core/endpoint.ts';
import type { EndpointName } from '../core/ids.ts';
import type { Operation } from '../core/verdict.ts';
import { type Answered, readAnswer } from './answered.ts';
import { breakageOf } from './breakage.ts';
import { answerError, breakageError, type OrthancError } from './errors.ts';
import { ANSWER_TIMEOUT_MS, ask, authorizationHeaders, openPool, pathBelow } from './pool.ts';
import { recogniseError } from './recognise.ts';
import { Batches } from './relay/batches.ts';
import { asksUndescribed } from './undescribed.ts';

/** With those of batches and relays below the default of Orthanc's HttpThreadsCount (50): each connection holds a thread. */
const CONNECTIONS = 8;

export interface Question {
  /** Without a leading slash; may have a query, which error texts leave out. */
  readonly path: string;
  /** Asks with POST. All that is posted here are look-ups: they change nothing and can be repeated. */
  readonly body?: string;
  /** Deletes what the path names. Repeating it changes nothing more. */
  readonly method?: 'DELETE';
  /** Milliseconds to the headers of the answer; 60 s if absent. */
  readonly timeoutMs?: number;
}

/** Asks questions of one Orthanc server. What is not a clean answer becomes an `OrthancError`. */
export class OrthancHttp {
  readonly name: EndpointName;
  readonly side: Side;
  /** Base URL; endpoints hold their credentials apart from it. */
  readonly url: string;
  readonly #endpoint: Endpoint;
  readonly #pool: Pool;
  readonly #headers: Record<string, string>;
  #undescribed: boolean | undefined;
  #batches: Batches | undefined;

  constructor(endpoint: Endpoint, side: Side) {
    this.name = endpoint.name;
    this.side = side;
    this.url = endpoint.url.href;
    this.#endpoint = endpoint;
    this.#pool = openPool(endpoint, CONNECTIONS);
    this.#headers = { accept: 'application/json', ...authorizationHeaders(endpoint.authorization) };
  }

  /** The body of a 200. */
  async bytes(question: Question): Promise<Uint8Array> {
    return this.exchange(question, async (response) => new Uint8Array(await response.body.arrayBuffer()));
  }

  /** `read` gets the answer if it is a 200, and must consume its body. A reset before the answer is tried once more. */
  async exchange<T>(question: Question, read: (response: Dispatcher.ResponseData) => Promise<T>): Promise<T> {
    const response = await this.#ask(question);
    if (response.statusCode !== 200) {
      throw await this.refusal('read', question.path, await this.#read(question, response));
    }
    try {
      return await read(response);
    } catch (error) {
      throw this.#broken(question, error);
    }
  }

  /** Any answer, as it came; of a long body only the beginning. */
  async raw(question: Question): Promise<Answered> {
    return this.#read(question, await this.#ask(question));
  }

  /** Whether this server's errors come without a body (`"HttpDescribeErrors": false`). Asked once; false while it is unknown. */
  async undescribedErrors(): Promise<boolean> {
    this.#undescribed ??= await asksUndescribed((path) => this.raw({ path }));
    return this.#undescribed ?? false;
  }

  /** The same without asking: false while it is unknown. */
  get errorsUndescribed(): boolean {
    return this.#undescribed ?? false;
  }

  /** Judges an answer that is no success. */
  async refusal(operation: Operation, path: string, { status, contentType, body }: Answered): Promise<OrthancError> {
    const undescribed = body.length === 0 && (await this.undescribedErrors());
    const answer = recogniseError(status, contentType, body, undescribed);
    return answerError(this.name, this.side, operation, withoutQuery(path), answer);
  }

  /** A 200 that is not what Orthanc would answer. */
  notOrthanc(path: string, status = 200): OrthancError {
    return answerError(this.name, this.side, 'read', withoutQuery(path), { status, orthanc: false });
  }

  /** For many small questions at once. */
  get batches(): Batches {
    this.#batches ??= new Batches(this.#endpoint, this.side);
    return this.#batches;
  }

  async close(): Promise<void> {
    this.#batches?.close();
    await this.#pool.destroy();
  }

  async #ask(question: Question): Promise<Dispatcher.ResponseData> {
    try {
      return await this.#send(question);
    } catch (error) {
      if (breakageOf(error).cause !== 'reset') throw this.#broken(question, error);
    }
    // An idle connection may be closed in the very moment in which it is used again.
    try {
      return await this.#send(question);
    } catch (error) {
      throw this.#broken(question, error);
    }
  }

  #send(question: Question): Promise<Dispatcher.ResponseData> {
    return ask(this.#pool, {
      path: pathBelow(this.#endpoint, question.path),
      method: question.method ?? (question.body === undefined ? 'GET' : 'POST'),
      headers: question.body === undefined ? this.#headers : { ...this.#headers, 'content-type': 'application/json' },
      body: question.body ?? null,
      headersTimeout: question.timeoutMs ?? ANSWER_TIMEOUT_MS,
    });
  }

  async #read(question: Question, response: Dispatcher.ResponseData): Promise<Answered> {
    try {
      return await readAnswer(response);
    } catch (error) {
      throw this.#broken(question, error);
    }
  }

  #broken(question: Question, error: unknown): Error {
    const breakage = breakageOf(error);
    return breakageError(this.name, this.side, withoutQuery(question.path), breakage);
  }
}

function withoutQuery(path: string): string {
  return `/${path.split('?', 1)[0]}`;
}
