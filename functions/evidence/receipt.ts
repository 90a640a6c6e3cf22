import type { ReceiptRow } from '../core/outcome.ts';
import type { ObjectStore } from '../core/ports.ts';
import { readStoredLines } from '../core/stored-lines.ts';

export function encodeReceipt(rows: readonly ReceiptRow[]): Uint8Array {
  return new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/** The rows of one receipt: at most those of one chunk. */
export async function readReceipt(objects: ObjectStore, key: string): Promise<ReceiptRow[]> {
  return readStoredLines<ReceiptRow>(objects, key);
}
