import type { EndpointName } from './ids.ts';
import type { Clock, Gate, JobStore } from './ports.ts';
import type { GateCode } from './verdict.ts';

const FIRST_PROBE_MS = 1000;
const LAST_PROBE_MS = 15_000;

/** Probes are spaced wider and wider, so that an endpoint that comes back is found soon and one that stays away is left in peace. */
function probeDelay(probes: number): number {
  return Math.min(FIRST_PROBE_MS * 2 ** probes, LAST_PROBE_MS);
}

type Transition = (gate: Gate) => Gate | undefined;

/** Applies a transition by compare-and-set until it holds or has nothing to change. */
async function change(store: JobStore, endpoint: EndpointName, transition: Transition): Promise<void> {
  for (;;) {
    const next = transition(await store.gate(endpoint));
    if (next === undefined || (await store.updateGate(next))) return;
  }
}

interface Place {
  readonly store: JobStore;
  readonly clock: Clock;
}

/** Closes the gate of an endpoint that cannot take work now. Of many workers that notice, the first one's reason stays. */
export async function closeGate(
  { store, clock }: Place,
  endpoint: EndpointName,
  code: GateCode,
  message: string,
): Promise<void> {
  const now = clock.now();
  await change(store, endpoint, (gate) =>
    gate.state === 'closed'
      ? undefined
      : {
          ...gate,
          state: 'closed',
          code,
          message,
          blockedSince: gate.blockedSince ?? now,
          probeAt: now + probeDelay(gate.probes),
          probes: gate.probes + 1,
        },
  );
}

/** The probe failed: look again later. */
export async function postponeProbe(
  { store, clock }: Place,
  endpoint: EndpointName,
  code: GateCode,
  message: string,
): Promise<void> {
  const now = clock.now();
  await change(store, endpoint, (gate) =>
    gate.state === 'open'
      ? undefined
      : { ...gate, code, message, probeAt: now + probeDelay(gate.probes), probes: gate.probes + 1 },
  );
}

/** Lets work through again. Whether the endpoint really takes it is known at the first success, see `recordSuccess`. */
export async function openGate({ store }: Place, endpoint: EndpointName): Promise<void> {
  await change(store, endpoint, (gate) => {
    if (gate.state === 'open') return undefined;
    const { probeAt: _probeAt, ...rest } = gate;
    return { ...rest, state: 'open' };
  });
}

/** Work succeeded there: the outage is over. */
export async function recordSuccess({ store }: Place, endpoint: EndpointName): Promise<void> {
  await change(store, endpoint, (gate) => {
    if (gate.state === 'closed' || gate.blockedSince === undefined) return undefined;
    const { blockedSince: _blockedSince, code: _code, message: _message, ...rest } = gate;
    return { ...rest, probes: 0 };
  });
}

/** Reserves the endpoint for one attempt, so that whoever breaks it is known; `false` while another attempt has it. */
export async function takeExclusive(
  { store, clock }: Place,
  endpoint: EndpointName,
  holder: string,
  durationMs: number,
): Promise<boolean> {
  const now = clock.now();
  let taken = false;
  await change(store, endpoint, (gate) => {
    const held = gate.exclusive !== undefined && gate.exclusive.until > now && gate.exclusive.holder !== holder;
    taken = !held;
    return held ? undefined : { ...gate, exclusive: { holder, until: now + durationMs } };
  });
  return taken;
}

export async function releaseExclusive({ store }: Place, endpoint: EndpointName, holder: string): Promise<void> {
  await change(store, endpoint, (gate) => {
    if (gate.exclusive?.holder !== holder) return undefined;
    const { exclusive: _exclusive, ...rest } = gate;
    return rest;
  });
}

/**
 * On a stack, work for a closed gate comes back once more after so large a share of the time that the gate has been closed for: each time
 * counts as a delivery, of which SQS allows a number, and an outage may last for days.
 */
const AWAY_SHARE = 1 / 4;
/** And no later than that, so that it is back soon after the server is. Shorter than a supervisor takes for idle; milliseconds. */
const LONGEST_AWAY_MS = 15 * 60_000;

/**
 * Milliseconds for which work must stay away from the endpoint; 0 when it may use it. A closed gate opens no sooner than the
 * supervisor looks, and whoever comes back before that has come for nothing.
 * @param superviseEveryMs how far apart these looks are on a stack; absent on one machine, where nothing is fed while a gate is closed
 */
export function gateDelay(gate: Gate, now: number, superviseEveryMs?: number): number {
  const everyMs = superviseEveryMs ?? 500;
  if (gate.state === 'closed') {
    const nextLook = (gate.probeAt ?? now) - now + everyMs;
    const share = superviseEveryMs === undefined ? 0 : AWAY_SHARE * (now - (gate.blockedSince ?? now));
    return Math.max(1000, everyMs, nextLook, Math.min(share, LONGEST_AWAY_MS));
  }
  const { exclusive } = gate;
  // Not too soon on a stack: each time counts as a delivery, and SQS puts aside what was delivered too often.
  if (exclusive && exclusive.until > now) return Math.max(2000, everyMs / 4);
  return 0;
}
