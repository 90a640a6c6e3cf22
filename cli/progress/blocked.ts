import type { Job } from '../../functions/core/job.ts';
import type { Gate } from '../../functions/core/ports.ts';

/** A server that takes no work, or was let try again and has not yet succeeded. */
export interface Blocked {
  readonly endpoint: string;
  readonly side: 'source' | 'target';
  readonly code: string;
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** When it is tried next; absent while it is being tried. */
  readonly nextTryAt?: number;
}

export function blockedOf({ job, blocked }: { readonly job: Job; readonly blocked: readonly Gate[] }): Blocked[] {
  return blocked.flatMap(({ endpoint, state, code, message, blockedSince, probeAt }) => {
    if (blockedSince === undefined) return [];
    return [
      {
        endpoint,
        side: endpoint === job.source ? ('source' as const) : ('target' as const),
        code: code ?? 'FAILING',
        message: message ?? '',
        since: blockedSince,
        ...(state === 'closed' && probeAt !== undefined && { nextTryAt: probeAt }),
      },
    ];
  });
}
