import { readFile } from 'node:fs/promises';
import { request } from 'node:http';

/** One instance after the other, a new connection for each request, with the HTTP client at hand: what Orthanc's Replicate.py does. */
export async function oneByOne(source: string, target: string, ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const file = await exchange('GET', new URL(`instances/${id}/file`, source));
    await exchange('POST', new URL('instances', target), file);
  }
}

/** One file after the other, a new connection for each: what Orthanc's ImportDicomFiles.py does. */
export async function fileByFile(target: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) await exchange('POST', new URL('instances', target), await readFile(path));
}

function exchange(method: string, url: URL, body?: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const headers = body ? { 'Content-Length': body.length } : {};
    const asking = request(url, { method, headers, agent: false }, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('error', reject);
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(Buffer.concat(pieces));
        else reject(new Error(`HTTP ${answer.statusCode} to ${method} ${url.pathname}`));
      });
    });
    asking.on('error', reject);
    asking.end(body);
  });
}
