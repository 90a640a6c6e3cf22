import type * as z from 'zod';
import type { OrthancId } from '../core/ids.ts';
import type { OrthancHttp } from './http.ts';
import { askJson } from './json.ts';
import { Refusable } from './refusable.ts';

/** Resources described in one answer: some hundred kB. */
const AT_ONCE = 500;

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
    const rows: T[] = [];
    for (let at = 0; at < ids.length; at += AT_ONCE) {
      const body = JSON.stringify({
        Resources: ids.slice(at, at + AT_ONCE),
        Level: level,
        Short: true,
        Metadata: false,
      });
      if (this.#question.isRefused) return undefined;
      const part = await this.#question.ask(() => askJson(this.#http, { path: 'tools/bulk-content', body }, schema));
      if (!part) return undefined;
      rows.push(...part);
    }
    return rows;
  }
}
