/**
 * One chunk of a plan page as text: a JSON array of
 *   numbers  offset, length, instances, bytes, started, returned, crashes, queuedAt, touchedAt, in base 36; `-` where there is none
 *   token    of the last change, `""` before the first
 *   receipt  `~` and what follows the page's prefix of receipts, or `=` and a key elsewhere; `""` while the chunk is planned
 *   counts   in the order of `COUNTS`, in base 36; `""` while the chunk is planned
 *   suspect  `[id, times]`, or 0
 *   condemned  IDs
 * without those at its end that say nothing.
 */
import type { Counts } from '../../core/counts.ts';
import type { ChunkRef, ItemId } from '../../core/ids.ts';
import type { ChunkState } from '../../core/plan.ts';

type Stored = [
  numbers: string,
  token?: string,
  receipt?: string,
  counts?: string,
  suspect?: readonly [ItemId, number] | 0,
  condemned?: readonly ItemId[],
];

const COUNTS = [
  ...(['success', 'warning', 'failure', 'skipped', 'unsettled'] as const),
  ...(['alreadyThere', 'sent', 'sentBytes', 'finalBytes'] as const),
];

/** What the keys of a page's receipts begin with. */
export function receiptPrefix({ job, round, page }: Omit<ChunkRef, 'chunk'>): string {
  return `jobs/${job}/receipts/${round}/${page}/`;
}

export function chunkText(chunk: ChunkState, prefix: string, token: string): string {
  const { receipt, counts, suspect, condemned } = chunk;
  const { offset, length, instances, bytes, started, returned, crashes, queuedAt, touchedAt } = chunk;
  const stored: Stored = [
    numbersText([offset, length, instances, bytes, started, returned, crashes, queuedAt, touchedAt]),
    token,
    receipt === undefined ? '' : shortReceipt(receipt, prefix),
    counts === undefined ? '' : numbersText(COUNTS.map((name) => counts[name])),
    suspect ? [suspect.id, suspect.times] : 0,
    condemned ?? [],
  ];
  while (isEmpty(stored.at(-1))) stored.pop();
  return JSON.stringify(stored);
}

/** The chunk and the token of its last change. Raises an error for what is no such text. */
export function parseChunk(text: string, prefix: string): { readonly chunk: ChunkState; readonly token: string } {
  const [numbers, token = '', receipt, counts, suspect, condemned] = JSON.parse(text) as Stored;
  const [offset, length, instances, bytes, started, returned, crashes, queuedAt, touchedAt] = parseNumbers(numbers);
  const chunk: ChunkState = {
    ...{ offset: present(offset), length: present(length), instances: present(instances), bytes: present(bytes) },
    state: receipt ? 'closed' : 'planned',
    ...(queuedAt !== undefined && { queuedAt }),
    ...(touchedAt !== undefined && { touchedAt }),
    ...{ started: present(started), returned: present(returned), crashes: present(crashes) },
    ...(suspect && { suspect: { id: suspect[0], times: suspect[1] } }),
    ...(condemned && { condemned }),
    ...(receipt && { receipt: longReceipt(receipt, prefix) }),
    ...(counts && { counts: parseCounts(counts) }),
  };
  return { chunk, token };
}

function numbersText(numbers: readonly (number | undefined)[]): string {
  return numbers.map((number) => number?.toString(36) ?? '-').join(' ');
}

function parseNumbers(text: string): (number | undefined)[] {
  return text.split(' ').map((digits) => (digits === '-' ? undefined : Number.parseInt(digits, 36)));
}

function parseCounts(text: string): Counts {
  const [success, warning, failure, skipped, unsettled, alreadyThere, sent, sentBytes, finalBytes] = parseNumbers(text);
  return {
    ...{ success: present(success), warning: present(warning), failure: present(failure), skipped: present(skipped) },
    ...{ unsettled: present(unsettled), alreadyThere: present(alreadyThere), sent: present(sent) },
    ...{ sentBytes: present(sentBytes), finalBytes: present(finalBytes) },
  };
}

function present(number: number | undefined): number {
  if (number === undefined || Number.isNaN(number)) throw new Error('a number is missing');
  return number;
}

function shortReceipt(receipt: string, prefix: string): string {
  return receipt.startsWith(prefix) ? `~${receipt.slice(prefix.length)}` : `=${receipt}`;
}

function longReceipt(text: string, prefix: string): string {
  return text.startsWith('~') ? prefix + text.slice(1) : text.slice(1);
}

function isEmpty(value: Stored[number]): boolean {
  return !value || (Array.isArray(value) && value.length === 0);
}
