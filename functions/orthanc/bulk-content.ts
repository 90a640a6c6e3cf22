import type * as z from 'zod';
import type { OrthancId } from '../core/ids.ts';
import type { OrthancHttp } from './http.ts';
import { askJson } from './json.ts';
import { Refusable } from './refusable.ts';

/**
 * `/tools/bulk-content` (since 1.9.4): describes many resources in one answer and leaves out those that the server does not know. 200
 * instances take 7 ms of a server's CPU (1.10.1) to 60 (1.13.0), and 1 ms where it has none of them.
 */
export class BulkContent {
  readonly #http: OrthancHttp;
  readonly #question = new Refusable();

  constructor(http: OrthancHttp) {
    this.#http = http;
  }

  /** `undefined` where the server cannot tell, or somebody before it does not let it. */
  async of<T>(
    level: 'Instance' | 'Series',
    ids: readonly OrthancId[],
    schema: z.ZodType<T[]>,
  ): Promise<T[] | undefined> {
    if (ids.length === 0) return [];
    if (this.#question.isRefused) return undefined;
    const body = JSON.stringify({ Resources: ids, Level: level, Short: true, Metadata: false });
    return this.#question.ask(() => askJson(this.#http, { path: 'tools/bulk-content', body }, schema));
  }
}
