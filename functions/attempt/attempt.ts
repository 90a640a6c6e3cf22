import { type Counts, countRows, finalCount } from '../core/counts.ts';
import { FatalError, Postponed } from '../core/errors.ts';
import { failJob } from '../core/fail-job.ts';
import { closeGate, gateDelay, recordSuccess, releaseExclusive, takeExclusive } from '../core/gates.ts';
import { type ChunkRef, chunkKey, type EndpointName } from '../core/ids.ts';
import { type Job, readsDump, serversOf } from '../core/job.ts';
import type { ReceiptRow } from '../core/outcome.ts';
import type { ChunkState, PlanEntry, PlanPage } from '../core/plan.ts';
import type { Deadline } from '../core/ports.ts';
import { jobDamaged, readStoredLines } from '../core/stored-lines.ts';
import { encodeReceipt } from '../evidence/receipt.ts';
import { OrthancError } from '../orthanc/errors.ts';
import type { Process, Watch } from './process.ts';
import { survive } from './survive.ts';
import { wasTooSlow } from './within-limits.ts';
import { type Attempt, endpointName, type TransferWorker } from './worker.ts';

/** Attempts that ended without a word, or in a broken target, before a chunk's instances are tried one after the other and alone. */
const CAREFUL_AFTER_DEATHS = 4;
const CAREFUL_AFTER_CRASHES = 2;
/** A suspect that brought the target down so often, sent alone, is not sent again. */
const CONDEMNED_AFTER = 2;
/** How long a dead attempt keeps others from the target; renewed at each instance. Milliseconds. */
const EXCLUSIVE_MS = 120_000;
/** So long before the deadline what is under way is given up, to leave time to write that down. Milliseconds. */
const GIVE_UP_MS = 5000;
/** Before a chunk comes again whose server took no work. */
const BLOCKED_SECONDS = 2;

/**
 * Makes one attempt at one chunk and closes it with a receipt. A chunk that is closed, or whose job does not run, needs
 * nothing. Raises `Postponed` when the message has to come again later. What no attempt can get over ends the job.
 */
export async function attemptChunk(
  worker: TransferWorker,
  ref: ChunkRef,
  deadline: Deadline,
  process: Process,
): Promise<void> {
  try {
    await attempt(worker, ref, deadline, process);
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    worker.ports.log.error({ chunk: chunkKey(ref), code: error.code }, error.message);
    await failJob(worker.ports, ref.job, error);
  }
}

async function attempt(worker: TransferWorker, ref: ChunkRef, deadline: Deadline, process: Process): Promise<void> {
  const { store, clock } = worker.ports;
  const job = await store.job(ref.job);
  if (job?.state !== 'running') return;
  const page = await store.page(ref.job, ref.round, ref.page);
  const planned = page?.chunks[ref.chunk];
  if (planned?.state !== 'planned') return;
  for (const name of serversOf(job)) await requireOpen(worker, name);
  const checkpoint = await store.checkpoint(ref.job, ref.round);
  const begunAt = clock.now();
  const begun = await store.changeChunk(ref, { kind: 'started', at: begunAt });
  const chunk = begun?.chunks[ref.chunk];
  if (!begun || !chunk) return;
  const over = overBefore(worker, deadline);
  let givenBack: Postponed;
  try {
    const made = await prepare(worker, job, ref, chunk, {
      deadline,
      ...(over && { over: over.signal }),
      lastChance: checkpoint?.lastChance ?? false,
    });
    const careful = chunk.crashes >= CAREFUL_AFTER_CRASHES || chunk.started - chunk.returned > CAREFUL_AFTER_DEATHS;
    const run = careful ? runCarefully : runChunk;
    const rows = await run(made, process, ref, begun, chunk);
    if (rows !== undefined) return await close(made, ref, chunk, rows, begunAt);
    givenBack = await giveBack(made, ref);
  } catch (error) {
    await survive(worker, { ref, target: job.target, holder: holderOf(ref, chunk) }, error);
    throw await asBlocked(worker, error);
  } finally {
    over?.forget();
  }
  throw givenBack;
}

function holderOf(ref: ChunkRef, { started }: ChunkState): string {
  return `${chunkKey(ref)}#${started}`;
}

/** A signal that comes shortly before this process is ended, if it is. */
function overBefore(
  { ports, endsAtDeadline }: TransferWorker,
  deadline: Deadline,
): { readonly signal: AbortSignal; forget(): void } | undefined {
  if (!endsAtDeadline) return undefined;
  const [over, forgotten] = [new AbortController(), new AbortController()];
  void ports.clock.sleep(deadline.remainingMs() - GIVE_UP_MS, forgotten.signal).then(() => {
    if (!forgotten.signal.aborted) over.abort(new Postponed('OUT_OF_TIME', 'the time is up', 0));
  });
  return { signal: over.signal, forget: () => forgotten.abort() };
}

/** A server that takes no work closes its gate, wherever in an attempt that was noticed: the chunk comes back when it opens. */
async function asBlocked({ ports }: TransferWorker, error: unknown): Promise<unknown> {
  if (!(error instanceof OrthancError) || !error.verdict.gate) return error;
  await closeGate(ports, error.endpoint, error.verdict.gate, error.message);
  return new Postponed('BLOCKED', error.message, BLOCKED_SECONDS);
}

async function requireOpen(worker: TransferWorker, name: EndpointName): Promise<void> {
  const { store, clock, superviseEveryMs } = worker.ports;
  const delay = gateDelay(await store.gate(name), clock.now(), superviseEveryMs);
  if (delay > 0) throw new Postponed('GATE_CLOSED', `${name} takes no work now`, Math.ceil(delay / 1000));
}

async function prepare(
  worker: TransferWorker,
  job: Job,
  ref: ChunkRef,
  chunk: ChunkState,
  limits: Pick<Attempt, 'deadline' | 'over' | 'lastChance'>,
): Promise<Attempt> {
  const pool = worker.pool(job.target);
  pool.configure(await worker.ports.store.limits(job.target));
  return {
    worker,
    job,
    ...limits,
    ...(readsDump(job.kind) ? {} : { source: await worker.servers.server(job.source, 'source') }),
    target: await worker.servers.server(job.target, 'target'),
    pool,
    repeated: chunk.started > 1,
    holder: holderOf(ref, chunk),
    condemned: new Set(chunk.condemned),
    onTheWire: undefined,
    hasStored: false,
    hasFailed: false,
    blockage: undefined,
  };
}

async function runChunk(
  attempt: Attempt,
  process: Process,
  _ref: ChunkRef,
  page: PlanPage,
  chunk: ChunkState,
): Promise<ReceiptRow[] | undefined> {
  return process(attempt, await entriesOf(attempt, page, chunk));
}

/** One instance after the other, with the target to itself, each written down before it is sent: whoever breaks the target is known. */
async function runCarefully(
  attempt: Attempt,
  process: Process,
  ref: ChunkRef,
  page: PlanPage,
  chunk: ChunkState,
): Promise<ReceiptRow[] | undefined> {
  const { worker, job, holder } = attempt;
  const { ports } = worker;
  if (!(await takeExclusive(ports, job.target, holder, EXCLUSIVE_MS))) return undefined;
  const { suspect } = chunk;
  const condemned = suspect && suspect.times >= CONDEMNED_AFTER;
  if (condemned) await ports.store.changeChunk(ref, { kind: 'condemned', id: suspect.id });
  if (condemned) attempt.condemned.add(suspect.id);
  ports.log.warn(
    { chunk: chunkKey(ref) },
    'the target broke down under this chunk before: its instances are sent one by one',
  );
  const watch: Watch = {
    before: async (id) => {
      await takeExclusive(ports, job.target, holder, EXCLUSIVE_MS);
      await ports.store.changeChunk(ref, { kind: 'suspect', id, died: false });
      attempt.onTheWire = id;
    },
    after: async () => {
      await ports.store.changeChunk(ref, { kind: 'suspect', id: undefined, died: false });
      attempt.onTheWire = undefined;
    },
  };
  const entries = await entriesOf(attempt, page, chunk);
  // The suspect goes first: its mark must not be overwritten by another's.
  entries.sort((a, b) => Number(b.id === suspect?.id) - Number(a.id === suspect?.id));
  return process(attempt, entries, watch);
}

async function entriesOf(attempt: Attempt, page: PlanPage, chunk: ChunkState): Promise<PlanEntry[]> {
  const { offset, length, instances } = chunk;
  const entries = await readStoredLines<PlanEntry>(attempt.worker.ports.objects, page.object, { offset, length });
  // An object that was cut between two lines: its instances must not vanish.
  if (entries.length !== instances) throw jobDamaged(page.object);
  return entries;
}

/** Nothing is concluded: the message comes again, as what this returns says. What was stored meanwhile is found in the target then. */
async function giveBack(attempt: Attempt, ref: ChunkRef): Promise<Postponed> {
  const { worker, blockage } = attempt;
  const { ports } = worker;
  if (blockage) await closeGate(ports, endpointName(attempt, blockage.side), blockage.gate, blockage.message);
  await releaseExclusive(ports, attempt.job.target, attempt.holder);
  const tooSlow = wasTooSlow(attempt);
  if (attempt.onTheWire && (blockage?.crashed || tooSlow))
    await ports.store.changeChunk(ref, { kind: 'suspect', id: attempt.onTheWire, died: true });
  // An attempt that came to nothing counts like one that died: after several of them one item is sent at a time.
  if (!tooSlow)
    await ports.store.changeChunk(ref, {
      kind: 'returned',
      at: ports.clock.now(),
      crashed: blockage?.crashed ?? false,
    });
  if (!blockage) return new Postponed('OUT_OF_TIME', `chunk ${chunkKey(ref)} goes on later`, 0);
  ports.log.warn({ chunk: chunkKey(ref), code: blockage.gate }, blockage.message);
  return new Postponed('BLOCKED', blockage.message, BLOCKED_SECONDS);
}

async function close(
  attempt: Attempt,
  ref: ChunkRef,
  chunk: ChunkState,
  rows: readonly ReceiptRow[],
  begunAt: number,
): Promise<void> {
  const { ports } = attempt.worker;
  const receipt = `jobs/${ref.job}/receipts/${ref.round}/${ref.page}/${ref.chunk}-${chunk.started}-${crypto.randomUUID()}.ndjson`;
  await ports.objects.write(receipt, encodeReceipt(rows));
  const counts = countRows(rows);
  const won = await ports.store.closeChunk(ref, { receipt, counts });
  await releaseExclusive(ports, attempt.job.target, attempt.holder);
  if (finalCount(counts) > 0) for (const name of serversOf(attempt.job)) await recordSuccess(ports, name);
  if (won) measure(attempt, counts, ports.clock.now() - begunAt);
  ports.log.info({ chunk: chunkKey(ref), won, ...counts }, 'chunk closed');
}

function measure({ worker }: Attempt, counts: Counts, durationMs: number): void {
  const { metrics } = worker.ports;
  metrics?.add('ChunkDuration', durationMs);
  metrics?.add('InstancesMoved', counts.sent);
  metrics?.add('BytesMoved', counts.sentBytes);
  metrics?.add('InstancesSucceeded', counts.success);
  metrics?.add('InstancesWithWarnings', counts.warning);
  metrics?.add('InstancesFailed', counts.failure);
  metrics?.add('InstancesSkipped', counts.skipped);
}
