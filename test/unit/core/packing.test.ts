import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { NO_COUNTS } from '../../../functions/core/counts.ts';
import { ChunkPacker, encodePage, packThinly, replacedBy } from '../../../functions/core/packing.ts';
import { CHUNK_BYTES, CHUNK_INSTANCES, PAGE_CHUNKS, type PlanEntry } from '../../../functions/core/plan.ts';
import { parseLines } from '../../../functions/core/stored-lines.ts';
import { instance } from '../../contract/samples.ts';

const sizes = fc.array(fc.integer({ min: 0, max: CHUNK_BYTES * 2 }), { maxLength: 500 });

function entriesOf(list: readonly number[]): PlanEntry[] {
  return list.map((size, index) => ({ id: instance(index), size }));
}

function pack(entries: readonly PlanEntry[]): readonly (readonly PlanEntry[])[] {
  const packer = new ChunkPacker();
  for (const entry of entries) packer.add(entry);
  return packer.chunks;
}

describe('packing', () => {
  it('keeps every entry once, in order, within both bounds', () => {
    fc.assert(
      fc.property(sizes, (list) => {
        const entries = entriesOf(list);
        const chunks = pack(entries);
        expect(chunks.flat()).toEqual(entries);
        for (const chunk of chunks) {
          expect(chunk.length).toBeLessThanOrEqual(CHUNK_INSTANCES);
          const bytes = chunk.reduce((sum, entry) => sum + entry.size, 0);
          expect(bytes <= CHUNK_BYTES || chunk.length === 1).toBe(true);
        }
      }),
    );
  });

  it('says that it is full before a chunk too many is opened', () => {
    const packer = new ChunkPacker(2, 1000);
    let added = 0;
    for (; !packer.isFull(3); added += 1) packer.add({ id: instance(added), size: 1 });
    expect(added).toBe(6);
    expect(packer.chunks).toHaveLength(3);
  });

  it('spreads what is tried again over as many chunks as a page has', () => {
    expect(packThinly(entriesOf([1, 2, 3]))).toHaveLength(3);
    expect(packThinly(entriesOf(new Array(1000).fill(1)))).toHaveLength(PAGE_CHUNKS);
  });

  it('finds each chunk again at its place in the page object', () => {
    fc.assert(
      fc.property(sizes, (list) => {
        const chunks = pack(entriesOf(list));
        const { body, states } = encodePage(chunks);
        states.forEach((state, index) => {
          const part = body.subarray(state.offset, state.offset + state.length);
          expect(parseLines<PlanEntry>(part)).toEqual(chunks[index]);
          expect(state.instances).toBe(chunks[index]?.length);
        });
      }),
    );
  });

  it('takes back exactly what the earlier outcomes counted', () => {
    const replaced = replacedBy([
      { id: instance(1), size: 7, prior: { outcome: 'failure', code: 'TARGET_REFUSED', sentByUs: 'no', size: 70 } },
      { id: instance(2), size: 9, prior: { outcome: 'success', code: 'STORED', sentByUs: 'yes', size: 90 } },
      { id: instance(3), size: 9 },
    ]);
    expect(replaced).toEqual({ ...NO_COUNTS, failure: 1, success: 1, sent: 1, sentBytes: 90, finalBytes: 160 });
  });
});
