import type { RelayOptions } from '../../../functions/orthanc/relay/options.ts';
import { createRelay, type RelayPair } from '../../../functions/orthanc/relay/relay.ts';
import type { RelayRequest, RelayResult } from '../../../functions/orthanc/server.ts';
import { INSTANCE, type RawServer, recordedOf } from './raw-server.ts';

export interface Stage extends RelayPair {
  /** Relays this file, as if the source had recorded it. */
  move(file: Buffer, more?: Partial<RelayRequest>): Promise<RelayResult>;
}

const opened: { close(): Promise<void> }[] = [];

/** A relay between two servers of the test; `strike` ends all of them. */
export async function stage(
  source: RawServer | Promise<RawServer>,
  target: RawServer | Promise<RawServer>,
  options: RelayOptions = {},
): Promise<Stage> {
  const [from, to] = await Promise.all([source, target]);
  const pair = createRelay(from.endpoint, to.endpoint, options);
  opened.push(pair, from, to);
  const move = (file: Buffer, more: Partial<RelayRequest> = {}) =>
    pair.relay({ instance: INSTANCE, recorded: recordedOf(file), ...more });
  return { ...pair, move };
}

/** To be called after each test. */
export async function strike(): Promise<void> {
  for (const one of opened.splice(0)) await one.close();
}
