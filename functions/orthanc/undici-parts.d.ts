// Parts of undici that have no types of their own. Its index has, and loads a browser's fetch, WebSocket and caches with them:
// that was a fifth of the time in which a command starts.

declare module 'undici/lib/dispatcher/pool.js' {
  // biome-ignore lint/style/noRestrictedImports: the type alone; nothing of this file is loaded.
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
