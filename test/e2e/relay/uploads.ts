import { createHash } from 'node:crypto';
import type { Endpoint } from '../../../functions/core/endpoint.ts';
import type { Md5 } from '../../../functions/core/ids.ts';
import { createUpload, type Uploads } from '../../../functions/orthanc/relay/upload.ts';
import type { RelayResult, UploadRequest } from '../../../functions/orthanc/server.ts';
import { piecesOf, Script, type Step } from '../../unit/relay/bodies.ts';
import { endpointOf } from './copies.ts';

/** Uploads to servers of a test; `close` ends all. */
export class Uploading {
  readonly #opened: Uploads[] = [];

  to(url: string, more: Partial<Endpoint> = {}): Sender {
    const uploads = createUpload(endpointOf(url, more));
    this.#opened.push(uploads);
    const play: Sender['play'] = (steps, options) => uploads.upload(new Script(steps).request(options));
    return { play, post: (file, options) => play(piecesOf(file, [65_521]), options) };
  }

  async close(): Promise<void> {
    for (const one of this.#opened.splice(0)) await one.close();
  }
}

export interface Sender {
  play(steps: readonly Step[], options?: Partial<UploadRequest>): Promise<RelayResult>;
  post(file: Buffer, options?: Partial<UploadRequest>): Promise<RelayResult>;
}

export function md5Of(file: Buffer): Md5 {
  return createHash('md5').update(file).digest('hex') as Md5;
}
