import { randomUUID } from 'node:crypto';
import type { Clock, DeadLetterQueue, OutgoingMessage } from '../../functions/core/ports.ts';
import type { Database } from './database.ts';
import { COLUMNS, type MessageRow, type QueuedMessage, queued, type ReceivedMessage } from './message.ts';

const DAY_MS = 86_400_000;

export interface QueueOptions {
  readonly name: string;
  /** A message that was received so often goes to the dead-letter queue of this name when it is next due. */
  readonly redrive?: { readonly maxReceiveCount: number; readonly deadLetterQueue: string };
  /** How long a message is kept from its first enqueue, whichever queue it is in then. Milliseconds; 14 days. */
  readonly retentionMs?: number;
}

interface DueRow {
  readonly id: number;
  readonly receive_count: number;
}

/** A standard queue as of SQS in the state file: the same visibility, receive-count, dead-letter and retention rules. */
export class SqliteQueue implements DeadLetterQueue {
  readonly name: string;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #redrive: QueueOptions['redrive'];
  readonly #retentionMs: number;
  readonly #listeners = new Set<() => void>();

  constructor(database: Database, clock: Clock, options: QueueOptions) {
    this.#database = database;
    this.#clock = clock;
    this.name = options.name;
    this.#redrive = options.redrive;
    this.#retentionMs = options.retentionMs ?? 14 * DAY_MS;
  }

  /** A message whose `dedupeId` is that of one that waits or is in flight is dropped. */
  async send(messages: readonly OutgoingMessage[]): Promise<void> {
    const now = this.#clock.now();
    const sql = `INSERT INTO messages (queue, message_id, body, attributes, dedupe_id, sent_at, visible_at)
      VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`;
    this.#database.transaction(() => {
      this.#expire(now);
      for (const { body, attributes, dedupeId, delaySeconds = 0 } of messages) {
        const visibleAt = now + delaySeconds * 1000;
        const stored = attributes ? JSON.stringify(attributes) : null;
        this.#database.run(sql, this.name, randomUUID(), body, stored, dedupeId ?? null, now, visibleAt);
      }
    });
    for (const listener of this.#listeners) listener();
  }

  async depth(): Promise<{ visible: number; inFlight: number }> {
    const now = this.#clock.now();
    const visible = 'SELECT count(*) AS n FROM messages WHERE queue = ? AND visible_at <= ?';
    const inFlight = `SELECT count(*) AS n FROM messages WHERE queue = ? AND visible_at > ? AND receipt IS NOT NULL`;
    const count = (sql: string) => this.#database.get<{ n: number }>(sql, this.name, now)?.n ?? 0;
    return { visible: count(visible), inFlight: count(inFlight) };
  }

  async changeVisibility(receiptHandle: string, seconds: number): Promise<void> {
    const sql = 'UPDATE messages SET visible_at = ?, postponed = 1 WHERE queue = ? AND receipt = ?';
    this.#database.run(sql, this.#clock.now() + seconds * 1000, this.name, receiptHandle);
  }

  /** Takes up to `max` visible messages, hidden from others for so long. Their former receipt handles become invalid. */
  receive(max: number, visibilitySeconds: number): ReceivedMessage[] {
    const now = this.#clock.now();
    return this.#database.transaction(() => {
      this.#expire(now);
      const due = this.#due(now, max);
      return due.flatMap(({ id }) => this.#take(id, now, now + visibilitySeconds * 1000));
    });
  }

  /** Hides a message that is being worked on for so long from now, unless its receiver has chosen a time itself. */
  extend(receiptHandle: string, visibilitySeconds: number): void {
    const sql = 'UPDATE messages SET visible_at = ? WHERE queue = ? AND receipt = ? AND postponed = 0';
    this.#database.run(sql, this.#clock.now() + visibilitySeconds * 1000, this.name, receiptHandle);
  }

  /** Does nothing when the receipt handle is no longer valid. */
  delete(receiptHandle: string): void {
    this.#database.run('DELETE FROM messages WHERE queue = ? AND receipt = ?', this.name, receiptHandle);
  }

  /** Messages in the order of their arrival, without receiving them, after this one. */
  peek(limit: number, after = 0): QueuedMessage[] {
    const sql = `SELECT ${COLUMNS} FROM messages WHERE queue = ? AND sent_at > ? AND id > ? ORDER BY id LIMIT ?`;
    const since = this.#clock.now() - this.#retentionMs;
    return this.#database.all<MessageRow>(sql, this.name, since, after, limit).map(queued);
  }

  async discard(dedupeIds: readonly string[]): Promise<void> {
    this.#database.transaction(() => {
      for (const dedupeId of dedupeIds)
        this.#database.run('DELETE FROM messages WHERE queue = ? AND dedupe_id = ?', this.name, dedupeId);
    });
  }

  /** Makes every in-flight message visible at once, for the successor of a dead process. */
  restoreInFlight(): void {
    restoreInFlight(this.#database, this.#clock.now(), this.name);
  }

  /** Calls the listener after each `send` of this object. Returns what ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #take(id: number, now: number, visibleAt: number): ReceivedMessage[] {
    const receiptHandle = randomUUID();
    const sql = `UPDATE messages SET receipt = ?, visible_at = ?, postponed = 0, receive_count = receive_count + 1,
      first_received_at = coalesce(first_received_at, ?) WHERE id = ? RETURNING ${COLUMNS}`;
    const rows = this.#database.all<MessageRow>(sql, receiptHandle, visibleAt, now, id);
    return rows.map((row) => ({ ...queued(row), receiptHandle, firstReceivedAt: row.first_received_at ?? now }));
  }

  #expire(now: number): void {
    this.#database.run('DELETE FROM messages WHERE queue = ? AND sent_at <= ?', this.name, now - this.#retentionMs);
  }

  /** Visible messages, longest waiting first, after those among them that were received too often are gone. */
  #due(now: number, max: number): DueRow[] {
    const sql = `SELECT id, receive_count FROM messages WHERE queue = ? AND visible_at <= ?
      ORDER BY visible_at, id LIMIT ?`;
    for (;;) {
      const due = this.#database.all<DueRow>(sql, this.name, now, max);
      const spent = due.filter((row) => row.receive_count >= (this.#redrive?.maxReceiveCount ?? Infinity));
      if (spent.length === 0) return due;
      for (const { id } of spent) this.#deadLetter(id);
    }
  }

  /** As with SQS, the message keeps its id and its age, so that it also expires counted from its first enqueue. */
  #deadLetter(id: number): void {
    const sql = 'UPDATE OR REPLACE messages SET queue = ?, receipt = NULL, postponed = 0 WHERE id = ?';
    this.#database.run(sql, this.#redrive?.deadLetterQueue ?? this.name, id);
  }
}

/** Makes in-flight messages visible at once; those of all queues when none is named. */
export function restoreInFlight(database: Database, now: number, queue?: string): void {
  const sql = `UPDATE messages SET visible_at = ?, receipt = NULL, postponed = 0
    WHERE receipt IS NOT NULL AND visible_at > ? AND queue = coalesce(?, queue)`;
  database.run(sql, now, now, queue ?? null);
}
