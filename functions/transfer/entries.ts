import {
  failedLookup,
  isTooLarge,
  provenance,
  rowOfCondemned,
  rowOfFailure,
  rowOfTooLarge,
} from '../attempt/failed-rows.ts';
import { forAll } from '../attempt/for-all.ts';
import { absenceFor, lookUp } from '../attempt/lookup.ts';
import type { Watch } from '../attempt/process.ts';
import { prove, type Unproven } from '../attempt/prove.ts';
import { makeRow } from '../attempt/rows.ts';
import { withinLimits } from '../attempt/within-limits.ts';
import type { Attempt } from '../attempt/worker.ts';
import type { OrthancId } from '../core/ids.ts';
import type { ReceiptRow } from '../core/outcome.ts';
import type { InstanceEntry } from '../core/plan.ts';
import type { OrthancError } from '../orthanc/errors.ts';
import type { OrthancServer, Recorded, Relay } from '../orthanc/server.ts';
import { type Decision, decide } from './decide.ts';
import { type Absent, findElsewhere } from './elsewhere.ts';
import { send } from './send.ts';

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
  server: OrthancServer,
  relay: Relay,
  entries: readonly InstanceEntry[],
  watch?: Watch,
): Promise<ReceiptRow[] | undefined> {
  const startedAt = attempt.worker.ports.clock.now();
  const known = await lookUpBoth(attempt, server, entries);
  if (known === undefined) return undefined;
  if (known.error) return entries.map((entry) => failedLookup(attempt, entry, known.error, startedAt));
  const elsewhere = await findElsewhere(attempt, server, absentOf(entries, known));
  if (elsewhere === undefined) return undefined;
  const rows: ReceiptRow[] = [];
  const unproven: Unproven[] = [];
  const sendOne = async (entry: InstanceEntry): Promise<void> => {
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
      rows.push(rowOfCondemned(attempt, entry, startedAt, source));
      return;
    }
    if (isTooLarge(attempt, source.size)) {
      rows.push(await rowOfTooLarge(attempt, entry, source));
      return;
    }
    const begun = attempt.worker.ports.clock.now();
    const sent = await withinLimits(attempt, entry.id, source.size, watch, () => send(attempt, relay, entry, source));
    if (sent.kind === 'stored')
      unproven.push({ entry, expected: entry.id, study: entry.study, source, sent, startedAt: begun });
    else if (sent.kind !== 'given-up') rows.push(rowOfFailure(attempt, entry, source, sent, begun));
  };
  if (watch) for (const entry of entries) await sendOne(entry);
  else await forAll(attempt, entries, sendOne);
  if (attempt.blockage || rows.length + unproven.length < entries.length) return undefined;
  const proven = await prove(attempt, unproven);
  return proven && [...rows, ...proven];
}

/** What the target does not know by the source's ID. */
function absentOf(entries: readonly InstanceEntry[], known: { source: Recordings; target: Recordings }): Absent[] {
  return entries.flatMap((entry) => {
    const source = known.source.get(entry.id);
    return source && !known.target.has(entry.id) ? [{ entry, source }] : [];
  });
}

function facts(source: Recorded | undefined, target: Recorded | undefined): { source?: Recorded; target?: Recorded } {
  return { ...(source && { source }), ...(target && { target }) };
}

async function lookUpBoth(
  attempt: Attempt,
  server: OrthancServer,
  entries: readonly InstanceEntry[],
): Promise<Known | undefined> {
  const ids = entries.map((entry) => entry.id);
  const hints = {
    studies: new Map(entries.flatMap(({ id, study }) => (study ? [[id, study]] : []))),
    sopInstanceUids: new Map(entries.flatMap(({ id, sopInstanceUid: uid }) => (uid ? [[id, uid]] : []))),
  };
  const allAreNew = entries.every(({ prior }) => !prior);
  const [source, target] = await Promise.all([
    lookUp(attempt, server, ids, hints),
    lookUp(attempt, attempt.target, ids, hints, absenceFor(attempt, allAreNew)),
  ]);
  for (const looked of [source, target]) if (looked.kind === 'blocked') attempt.blockage ??= looked.blockage;
  if (source.kind === 'found' && target.kind === 'found') return { source: source.value, target: target.value };
  if (attempt.blockage) return undefined;
  for (const looked of [source, target]) if (looked.kind === 'failing') return { error: looked.error };
  return undefined;
}
