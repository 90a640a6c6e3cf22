// Parts of undici that have no types of their own: its index, which has, loads a browser's fetch, WebSocket and caches with them,
// which would be half of a command's start.

declare module 'undici/lib/dispatcher/pool.js' {
  export { Pool as default } from 'undici';
}

declare module 'undici/lib/api/api-request.js' {
  import type { Dispatcher } from 'undici';

  /** What its index makes `Dispatcher.request` of. */
  export default function request(
    this: Dispatcher,
    options: Dispatcher.RequestOptions,
  ): Promise<Dispatcher.ResponseData>;
}
