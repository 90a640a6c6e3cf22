import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type Dispatcher, Pool } from 'undici';
import { systemCode } from './system-error.ts';

export interface UploadOptions {
  readonly concurrency?: number;
  /** For a server with authentication: `RunningOrthanc.headers`. */
  readonly headers?: Readonly<Record<string, string>>;
}

interface Stored {
  readonly ID: string;
}

/** Posts DICOM files as fast as the server takes them; the Orthanc IDs in the order of the files. */
export async function upload(
  url: string,
  files: Iterable<Buffer> | AsyncIterable<Buffer>,
  options: UploadOptions = {},
): Promise<string[]> {
  const pool = poolOf(url, options.concurrency ?? 4);
  const ids: string[] = [];
  let count = 0;
  // A queue of one makes the workers share the generator; each takes the next file when it is free.
  const source = (async function* numbered() {
    for await (const file of files) yield { index: count++, file };
  })();
  const worker = async () => {
    for (let next = await source.next(); !next.done; next = await source.next()) {
      const { index, file } = next.value;
      ids[index] = await post(pool, url, file, options).catch((error: unknown) => {
        // Posting again is harmless.
        if (isReset(error) || isFolderRace(error)) return post(pool, url, file, options);
        throw error;
      });
    }
  };
  try {
    await Promise.all(Array.from({ length: options.concurrency ?? 4 }, worker));
  } finally {
    await pool.destroy();
  }
  return ids;
}

/** Posts one file of any size without holding it in memory. */
export async function uploadFile(url: string, path: string, options: UploadOptions = {}): Promise<string> {
  const pool = poolOf(url, 1);
  const { size } = await stat(path);
  const headers = { ...options.headers, 'content-length': String(size) };
  try {
    return await post(pool, url, createReadStream(path, { highWaterMark: 1024 * 1024 }), { headers });
  } finally {
    await pool.destroy();
  }
}

function poolOf(url: string, connections: number): Pool {
  return new Pool(new URL(url).origin, {
    connections,
    headersTimeout: 0,
    bodyTimeout: 0,
    // Orthanc announces `Keep-Alive: timeout=1`; with undici's usual margin of two seconds no connection would be used twice.
    keepAliveTimeoutThreshold: 300,
  });
}

async function post(
  pool: Pool,
  url: string,
  body: NonNullable<Dispatcher.RequestOptions['body']>,
  { headers }: UploadOptions,
): Promise<string> {
  const path = `${new URL(url).pathname}instances`;
  const answer = await pool.request({ method: 'POST', path, body, headers: { ...headers } });
  const text = await answer.body.text();
  if (answer.statusCode !== 200) throw new Error(`POST ${path} was answered with ${answer.statusCode}: ${text}`);
  return (JSON.parse(text) as Stored).ID;
}

/** An idle connection that the server closed just then. */
function isReset(error: unknown): boolean {
  const code = systemCode(error);
  return code === 'ECONNRESET' || code === 'UND_ERR_SOCKET' || code === 'EPIPE';
}

/** Of two images that are stored at once Orthanc may fail to store one, when both are the first in a folder of its storage. */
function isFolderRace(error: unknown): boolean {
  return error instanceof Error && error.message.includes('"OrthancStatus" : 2001');
}
