import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chunkText, parseChunk, receiptPrefix } from '../../../../functions/aws/dynamodb/chunk-text.ts';
import { type Counts, NO_COUNTS } from '../../../../functions/core/counts.ts';
import type { ItemId } from '../../../../functions/core/ids.ts';
import type { ChunkState } from '../../../../functions/core/plan.ts';
import { chunk, instance, jobId } from '../../../contract/samples.ts';

const PREFIX = receiptPrefix({ job: jobId(), round: 1, page: 2 });
const number = fc.maxSafeNat();
const item = fc.oneof(fc.nat().map(instance), fc.string({ minLength: 1, unit: 'grapheme' })) as fc.Arbitrary<ItemId>;
const counts = fc.record(Object.fromEntries(Object.keys(NO_COUNTS).map((name) => [name, number])));
const key = fc.string({ minLength: 1, unit: 'grapheme' });

const planned = fc.record(
  {
    ...{ offset: number, length: number, instances: number, bytes: number },
    ...{ started: number, returned: number, crashes: number, queuedAt: number, touchedAt: number },
    suspect: fc.record({ id: item, times: number }),
    condemned: fc.array(item, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['offset', 'length', 'instances', 'bytes', 'started', 'returned', 'crashes'] },
);
const closure = fc.record({
  receipt: fc.oneof(
    key,
    key.map((rest) => PREFIX + rest),
    fc.constant('~'),
    fc.constant('='),
  ),
  counts: counts as unknown as fc.Arbitrary<Counts>,
});
const chunks = fc
  .tuple(planned, fc.option(closure, { nil: undefined }))
  .map(([state, end]) => ({ ...state, state: end ? 'closed' : 'planned', ...end }) as ChunkState);

describe('the text of a chunk', () => {
  test('holds all of its state and the token of its last change', () => {
    fc.assert(
      fc.property(chunks, fc.constantFrom('', 'a1_-'), (state, token) => {
        expect(parseChunk(chunkText(state, PREFIX, token), PREFIX)).toEqual({ chunk: state, token });
      }),
    );
  });

  test('is short', () => {
    expect(chunkText(chunk(), PREFIX, '')).toBe('["0 2s 2 1jk 0 0 0 - -"]');
    const closed = chunk({ state: 'closed', receipt: `${PREFIX}3-1-x.ndjson`, counts: { ...NO_COUNTS, success: 2 } });
    const text = '["0 2s 2 1jk 0 0 0 - -","token","~3-1-x.ndjson","2 0 0 0 0 0 0 0 0"]';
    expect(chunkText(closed, PREFIX, 'token')).toBe(text);
  });

  test.each(['', 'no JSON', '["0 2s 2"]', '["? 2s 2 1jk 0 0 0 - -"]', '["0 2s 2 1jk 0 0 0 - -","t","~r","2 0"]'])(
    'is refused when it is damaged: %j',
    (text) => {
      expect(() => parseChunk(text, PREFIX)).toThrow();
    },
  );
});
