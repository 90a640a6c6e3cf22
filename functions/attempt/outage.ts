import type { Side } from '../core/answer.ts';
import { type Attempt, endpointName } from './worker.ts';

/** So many openings of a gate in a row may be in vain. */
const VAIN_OPENINGS = 6;

/**
 * Whether an endpoint that fails although it answers its probe is to be waited for. Not for ever: after so many vain openings
 * in a row the failures are those of the instances.
 */
export async function mayBlockAgain(attempt: Attempt, side: Side): Promise<boolean> {
  const gate = await attempt.worker.ports.store.gate(endpointName(attempt, side));
  return gate.probes < VAIN_OPENINGS;
}

/**
 * What another chunk has found out about the endpoint meanwhile, if it closed its gate: failures within a known outage say
 * nothing of the instances.
 */
export async function noticedBefore(attempt: Attempt, side: Side): Promise<string | undefined> {
  const name = endpointName(attempt, side);
  const { state, message } = await attempt.worker.ports.store.gate(name);
  return state === 'open' ? undefined : (message ?? `${side} ${name} takes no work now`);
}
