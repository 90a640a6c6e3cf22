import type { EndpointName, JobId } from '../core/ids.ts';
import type { Deadline, Ports } from '../core/ports.ts';
import type { Servers } from '../orthanc/server.ts';

/** What requests about a deployed stack are answered with. */
export interface ControlPlace {
  readonly ports: Ports;
  readonly servers: Servers;
  /** Names of the configured endpoints; those that only a worker reaches. */
  readonly endpoints: readonly ConfiguredEndpoint[];
  /** One supervision of all open jobs and of the named one, unless one is under way. */
  readonly tick: (deadline: Deadline, named?: JobId) => Promise<void>;
  /** A link to an object of the store that is valid for 15 minutes. */
  readonly link: (key: string) => Promise<string>;
  readonly depths: () => Promise<readonly QueueDepth[]>;
  /** What a worker has to know: the functions' own environment variables (names of functions/environment.ts; holds no secret). */
  readonly environment: Readonly<Record<string, string>>;
  readonly version: string;
}

export interface ConfiguredEndpoint {
  readonly name: EndpointName;
  /** Out of the functions' reach. */
  readonly worker: boolean;
}

/** Approximate numbers of messages. */
export interface QueueDepth {
  readonly queue: string;
  readonly visible: number;
  readonly inFlight: number;
}
