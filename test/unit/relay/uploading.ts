import type { RelayOptions } from '../../../functions/orthanc/relay/options.ts';
import { createUpload, type Uploads } from '../../../functions/orthanc/relay/upload.ts';
import type { RelayResult, UploadRequest } from '../../../functions/orthanc/server.ts';
import { piecesOf, Script, type Step } from './bodies.ts';
import type { RawServer } from './raw-server.ts';

export interface UploadStage extends Uploads {
  /** Uploads bodies of this script. */
  play(script: Script, more?: Partial<UploadRequest>): Promise<RelayResult>;
  /** Uploads this file in pieces. */
  post(file: Buffer, more?: Partial<UploadRequest>): Promise<RelayResult>;
}

const opened: { close(): Promise<void> }[] = [];

/** Uploads to a server of the test; `strike` ends them and the server. */
export async function uploadingTo(
  target: RawServer | Promise<RawServer>,
  options: RelayOptions = {},
): Promise<UploadStage> {
  const to = await target;
  const uploads = createUpload(to.endpoint, options);
  opened.push(uploads, to);
  const play = (script: Script, more: Partial<UploadRequest> = {}) => uploads.upload(script.request(more));
  return { ...uploads, play, post: (file, more) => play(new Script(piecesOf(file, [100_000])), more) };
}

/** To be called after each test. */
export async function strike(): Promise<void> {
  for (const one of opened.splice(0)) await one.close();
}

/** The pieces of a file with something between them: after this many pieces. */
export function interrupted(file: Buffer, after: number, step: Step, lengths: readonly number[] = [100_000]): Step[] {
  const pieces: Step[] = piecesOf(file, lengths);
  return [...pieces.slice(0, after), step, ...pieces.slice(after)];
}
