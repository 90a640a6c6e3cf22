/** What is stored of a queue's message. */
export interface QueuedMessage {
  /** Position in the order of arrival; for paging. */
  readonly position: number;
  readonly messageId: string;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly dedupeId?: string;
  /** First enqueue, milliseconds since the epoch. */
  readonly sentAt: number;
  readonly receiveCount: number;
}

export interface ReceivedMessage extends QueuedMessage {
  /** Valid until the message is received again. */
  readonly receiptHandle: string;
  readonly firstReceivedAt: number;
}

export interface MessageRow {
  readonly id: number;
  readonly message_id: string;
  readonly body: string;
  readonly attributes: string | null;
  readonly dedupe_id: string | null;
  readonly sent_at: number;
  readonly receive_count: number;
  readonly first_received_at: number | null;
}

/** The columns of `MessageRow`. */
export const COLUMNS = 'id, message_id, body, attributes, dedupe_id, sent_at, receive_count, first_received_at';

export function queued(row: MessageRow): QueuedMessage {
  return {
    position: row.id,
    messageId: row.message_id,
    body: row.body,
    attributes: row.attributes === null ? {} : (JSON.parse(row.attributes) as Record<string, string>),
    ...(row.dedupe_id === null ? {} : { dedupeId: row.dedupe_id }),
    sentAt: row.sent_at,
    receiveCount: row.receive_count,
  };
}
