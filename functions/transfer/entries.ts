import type { OrthancId } from '../core/ids.ts';
import type { ReceiptRow } from '../core/outcome.ts';
import type { PlanEntry } from '../core/plan.ts';
import type { OrthancError } from '../orthanc/errors.ts';
import type { Recorded, Relay } from '../orthanc/server.ts';
import { type Decision, decide } from './decide.ts';
import { type Absent, findElsewhere } from './elsewhere.ts';
import { failedLookup, provenance, rowOfFailure } from './failed-rows.ts';
import { lookUp } from './lookup.ts';
import { prove, type Unproven } from './prove.ts';
import { makeRow } from './rows.ts';
import { type Sent, send } from './send.ts';
import type { Attempt } from './worker.ts';

/** A deadline nearer than this (milliseconds) lets no further instance start. */
const LAST_START_MS = 10_000;

/** Called around each transfer in careful mode. */
export interface Watch {
  readonly before: (id: OrthancId) => Promise<void>;
  readonly after: (id: OrthancId) => Promise<void>;
}

const DIFFERENT_ID: Decision = { kind: 'final', code: 'DIFFERENT_ORTHANC_ID' };

type Recordings = ReadonlyMap<OrthancId, Recorded>;

/** What both servers recorded, or why that cannot be told. */
type Known =
  | { readonly source: Recordings; readonly target: Recordings; readonly error?: never }
  | { readonly error: OrthancError };

/**
 * Brings the entries of one chunk as far as it can: what the target holds is compared, the rest is sent and then proven.
 * Returns one row for each entry; `undefined` when an endpoint is blocked or time is short: then nothing is concluded.
 */
export async function processEntries(
  attempt: Attempt,
  relay: Relay,
  entries: readonly PlanEntry[],
  watch?: Watch,
): Promise<ReceiptRow[] | undefined> {
  const startedAt = attempt.worker.ports.clock.now();
  const known = await lookUpBoth(attempt, entries);
  if (known === undefined) return undefined;
  if (known.error) return entries.map((entry) => failedLookup(attempt, entry, known.error, startedAt));
  const elsewhere = await findElsewhere(attempt, absentOf(entries, known));
  if (elsewhere === undefined) return undefined;
  const rows: ReceiptRow[] = [];
  const unproven: Unproven[] = [];
  const sendOne = async (entry: PlanEntry): Promise<void> => {
    const source = known.source.get(entry.id);
    const there = elsewhere.get(entry.id);
    const target = there?.recorded ?? known.target.get(entry.id);
    const decision = there ? DIFFERENT_ID : decide(attempt.job, entry, source, target);
    if (decision.kind === 'final' || !source) {
      const code = decision.kind === 'final' ? decision.code : 'SOURCE_GONE';
      rows.push(
        makeRow(attempt, entry, {
          code,
          settled: true,
          sentByUs: provenance(attempt, entry),
          attempts: entry.attempts ?? 0,
          startedAt,
          ...facts(source, target),
          ...(there && { targetInstance: there.id }),
        }),
      );
      return;
    }
    if (attempt.condemned.has(entry.id)) {
      rows.push(
        makeRow(attempt, entry, {
          code: 'TARGET_CRASHES',
          settled: true,
          sentByUs: 'unknown',
          attempts: (entry.attempts ?? 0) + 1,
          startedAt,
          source,
        }),
      );
      return;
    }
    const begun = attempt.worker.ports.clock.now();
    const sent = await sendWithinLimits(attempt, relay, entry, source, watch);
    if (sent.kind === 'stored') unproven.push({ entry, source, sent, startedAt: begun });
    else if (sent.kind !== 'given-up') rows.push(rowOfFailure(attempt, entry, source, sent, begun));
  };
  if (watch) for (const entry of entries) await sendOne(entry);
  else await Promise.all(entries.map(sendOne));
  if (attempt.blockage || rows.length + unproven.length < entries.length) return undefined;
  const proven = await prove(attempt, unproven);
  return proven && [...rows, ...proven];
}

/** What the target does not know by the source's ID. */
function absentOf(entries: readonly PlanEntry[], known: { source: Recordings; target: Recordings }): Absent[] {
  return entries.flatMap((entry) => {
    const source = known.source.get(entry.id);
    return source && !known.target.has(entry.id) ? [{ entry, source }] : [];
  });
}

function facts(source: Recorded | undefined, target: Recorded | undefined): { source?: Recorded; target?: Recorded } {
  return { ...(source && { source }), ...(target && { target }) };
}

async function lookUpBoth(attempt: Attempt, entries: readonly PlanEntry[]): Promise<Known | undefined> {
  const ids = entries.map((entry) => entry.id);
  const studies = new Map(entries.flatMap(({ id, study }) => (study ? [[id, study]] : [])));
  const [source, target] = await Promise.all([
    lookUp(attempt, attempt.source, ids, studies),
    lookUp(attempt, attempt.target, ids, studies),
  ]);
  for (const looked of [source, target]) if (looked.kind === 'blocked') attempt.blockage ??= looked.blockage;
  if (source.kind === 'found' && target.kind === 'found') return { source: source.value, target: target.value };
  if (attempt.blockage) return undefined;
  for (const looked of [source, target]) if (looked.kind === 'failing') return { error: looked.error };
  return undefined;
}

async function sendWithinLimits(
  attempt: Attempt,
  relay: Relay,
  entry: PlanEntry,
  source: Recorded,
  watch: Watch | undefined,
): Promise<Sent> {
  return attempt.pool.run(source.size, async () => {
    if (attempt.blockage || attempt.deadline.remainingMs() < LAST_START_MS) return { kind: 'given-up' };
    await watch?.before(entry.id);
    const sent = await send(attempt, relay, entry, source);
    // The mark stays on an instance under which the target broke down, and on nobody else.
    if (sent.kind !== 'given-up' || !brokeDown(attempt)) await watch?.after(entry.id);
    return sent;
  });
}

function brokeDown(attempt: Attempt): boolean {
  return attempt.blockage?.crashed ?? false;
}
