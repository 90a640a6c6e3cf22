import type { OrthancHttp } from './http.ts';
import { askJson } from './json.ts';
import { isAtLeast, systemAnswer } from './system-info.ts';

/** `ParentStudy` and `ParentSeries` of `/tools/find` came with this version; older ones ignore them and list the whole server. */
export const WITH_PARENTS = [1, 12, 5] as const;

/** What a server can do by its version; asked once. */
export class ServerVersion {
  readonly #http: OrthancHttp;
  #asked: Promise<string> | undefined;

  constructor(http: OrthancHttp) {
    this.#http = http;
  }

  async isAtLeast(minimum: readonly [number, number, number]): Promise<boolean> {
    this.#asked ??= this.#ask();
    return isAtLeast(await this.#asked, minimum);
  }

  async #ask(): Promise<string> {
    try {
      return (await askJson(this.#http, { path: 'system' }, systemAnswer)).Version;
    } catch (error) {
      this.#asked = undefined;
      throw error;
    }
  }
}
