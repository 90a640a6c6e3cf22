import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import type { Clock } from '../../functions/core/ports.ts';
import type { Database } from './database.ts';
import { isAlive, isLocal, ownIdentity, type ProcessIdentity } from './process-identity.ts';
import { StateError } from './state-error.ts';
import { restoreInFlight } from './work-queue.ts';

const HEARTBEAT_MS = 10_000;
/** A holder that we cannot look at is taken for dead after this silence, milliseconds. */
const SILENCE_MS = 60_000;

/** The right to work in a state directory. */
export interface RunLock {
  /** Identifies this run. */
  readonly holder: string;
  /** Aborted when another process has taken the lock over, after this one was silent for too long. */
  readonly lost: AbortSignal;
  /** To be called before the database is closed. */
  release(): void;
}

interface LockRow extends ProcessIdentity {
  readonly holder: string;
  readonly heartbeat_at: number;
}

/**
 * Takes the run lock of a state directory, at once when its holder is dead, and makes what a former run left unfinished
 * available: its messages and its leases. Raises `STATE_IN_USE` while the holder lives.
 */
export function acquireRunLock(database: Database, clock: Clock, own: ProcessIdentity = ownIdentity()): RunLock {
  const holder = randomUUID();
  database.transaction(() => {
    const now = clock.now();
    const row = database.get<LockRow>(
      'SELECT holder, host, scope, pid, process_start AS start, heartbeat_at FROM run_lock',
    );
    if (row && lives(row, own, now)) throw inUse(database, row, own, now);
    const sql = `INSERT OR REPLACE INTO run_lock (only_row, holder, host, scope, pid, process_start, heartbeat_at)
      VALUES (1, ?, ?, ?, ?, ?, ?)`;
    database.run(sql, holder, own.host, own.scope, own.pid, own.start, now);
    // Nobody works here now, hence all that is in flight or leased belongs to the dead; also after an orderly end, which
    // may leave messages that wait for an endpoint: whoever starts again wants them tried.
    restoreInFlight(database, now);
    database.exec('DELETE FROM leases');
  });
  return held(database, clock, holder);
}

function held(database: Database, clock: Clock, holder: string): RunLock {
  const lost = new AbortController();
  const released = new AbortController();
  void beat(database, clock, holder, lost, released.signal);
  return {
    holder,
    lost: lost.signal,
    release: () => {
      if (released.signal.aborted) return;
      released.abort();
      database.run('DELETE FROM run_lock WHERE holder = ?', holder);
    },
  };
}

async function beat(
  database: Database,
  clock: Clock,
  holder: string,
  lost: AbortController,
  released: AbortSignal,
): Promise<void> {
  for (;;) {
    await clock.sleep(HEARTBEAT_MS, released);
    if (released.aborted) return;
    try {
      const sql = 'UPDATE run_lock SET heartbeat_at = ? WHERE holder = ?';
      if (database.run(sql, clock.now(), holder) === 0) return lost.abort();
    } catch {
      // A full disk, for example: whoever works here meets the same error and reports it.
    }
  }
}

function lives(row: LockRow, own: ProcessIdentity, now: number): boolean {
  return isLocal(row, own) ? isAlive(row) : now - row.heartbeat_at <= SILENCE_MS;
}

function inUse(database: Database, row: LockRow, own: ProcessIdentity, now: number): StateError {
  const silence = Math.max(0, Math.round((now - row.heartbeat_at) / 1000));
  const where = isLocal(row, own) ? 'this machine' : `host ${row.host} (last sign of life ${silence} s ago)`;
  const what = `state directory ${dirname(database.path)} is in use by process ${row.pid} on ${where}`;
  return new StateError('STATE_IN_USE', `${what}; wait for it, or give another --state-dir`);
}
