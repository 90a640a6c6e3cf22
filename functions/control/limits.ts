import { DEFAULT_INFLIGHT_BYTES, DEFAULT_TRANSFERS } from '../attempt/pool.ts';
import type { EndpointName } from '../core/ids.ts';
import type { JobStore, Limits } from '../core/ports.ts';

export type LimitChanges = Partial<Omit<Limits, 'endpoint' | 'revision'>>;

/** Stores what is to change of the limits of an endpoint, and returns them. */
export async function changeLimits(store: JobStore, endpoint: EndpointName, changes: LimitChanges): Promise<Limits> {
  for (;;) {
    const before = (await store.limits(endpoint)) ?? {
      endpoint,
      revision: 0,
      transfers: DEFAULT_TRANSFERS,
      inflightBytes: DEFAULT_INFLIGHT_BYTES,
    };
    if (Object.keys(changes).length === 0) return before;
    const next = { ...before, ...changes };
    if (await store.updateLimits(next)) return next;
  }
}
