import type { PlanPage } from '../../core/plan.ts';
import { chunkText, parseChunk, receiptPrefix } from './chunk-text.ts';
import { damaged, type Item, jsonOf } from './stored.ts';

/** The attribute of a chunk. */
export function chunkName(index: number): string {
  return `c${index}`;
}

/** Attributes of a page that was never changed. */
export function pageAttributes({ chunks, harvested: _, ...head }: PlanPage): Item {
  const prefix = receiptPrefix(head);
  return {
    head: { S: JSON.stringify(head) },
    ...Object.fromEntries(chunks.map((chunk, index) => [chunkName(index), { S: chunkText(chunk, prefix, '') }])),
  };
}

/** A page as stored, and the tokens of the last changes of its chunks. */
export interface StoredPage {
  readonly page: PlanPage;
  readonly tokens: readonly string[];
}

export function parsePage(item: Item): StoredPage {
  const head = jsonOf<Omit<PlanPage, 'chunks' | 'harvested'>>(item, 'head');
  const prefix = receiptPrefix(head);
  const chunks = texts(item).map((text, index) => {
    try {
      return parseChunk(text, prefix);
    } catch {
      // Without the cause: it quotes the text.
      throw damaged(item, chunkName(index));
    }
  });
  return {
    page: { ...head, chunks: chunks.map(({ chunk }) => chunk), harvested: item.harvested !== undefined },
    tokens: chunks.map(({ token }) => token),
  };
}

function texts(item: Item): string[] {
  const found: string[] = [];
  for (let text = item.c0?.S; text !== undefined; text = item[chunkName(found.length)]?.S) found.push(text);
  return found;
}
