import { describe, expect, test } from '@jest/globals';
import { changedChunk, closedChunk, pageWithChunk, queuedPage } from '../../../functions/core/chunk-state.ts';
import { NO_COUNTS } from '../../../functions/core/counts.ts';
import { chunk, instance, page } from '../../contract/samples.ts';

const A = instance(1);
const B = instance(2);

describe('changes of a planned chunk', () => {
  test('queued', () => {
    expect(changedChunk(chunk(), { kind: 'queued', at: 5 })).toEqual(chunk({ queuedAt: 5 }));
  });

  test('started', () => {
    const before = chunk({ started: 1, touchedAt: 2 });
    expect(changedChunk(before, { kind: 'started', at: 5 })).toEqual(chunk({ started: 2, touchedAt: 5 }));
  });

  test.each([
    [false, 0],
    [true, 1],
  ])('returned, crashed %p', (crashed, crashes) => {
    const after = changedChunk(chunk(), { kind: 'returned', at: 5, crashed });
    expect(after).toEqual(chunk({ returned: 1, touchedAt: 5, crashes }));
  });

  test.each([
    ['nobody', undefined, false, 0],
    ['nobody', undefined, true, 1],
    ['the same', { id: A, times: 2 }, false, 2],
    ['the same', { id: A, times: 2 }, true, 3],
    ['another', { id: B, times: 2 }, false, 0],
    ['another', { id: B, times: 2 }, true, 1],
  ])('suspect after %s (%p), died %p', (_, suspect, died, times) => {
    const before = chunk(suspect ? { suspect } : {});
    expect(changedChunk(before, { kind: 'suspect', id: A, died })).toEqual(chunk({ suspect: { id: A, times } }));
  });

  test('no suspect', () => {
    const before = chunk({ suspect: { id: A, times: 1 } });
    expect(changedChunk(before, { kind: 'suspect', id: undefined, died: false })).toEqual(chunk());
  });

  test('condemned', () => {
    const before = chunk({ suspect: { id: B, times: 3 }, condemned: [A] });
    expect(changedChunk(before, { kind: 'condemned', id: B })).toEqual(chunk({ condemned: [A, B] }));
    expect(changedChunk(before, { kind: 'condemned', id: A })).toEqual(chunk({ condemned: [A] }));
  });
});

test('a closed chunk stays as it is', () => {
  const closed = closedChunk(chunk({ started: 1 }), { receipt: 'r', counts: NO_COUNTS });
  expect(closed).toEqual(chunk({ started: 1, state: 'closed', receipt: 'r', counts: NO_COUNTS }));
  if (!closed) throw new Error('it was not closed');
  expect(closedChunk(closed, { receipt: 'r2', counts: NO_COUNTS })).toBeUndefined();
  expect(changedChunk(closed, { kind: 'started', at: 1 })).toBeUndefined();
  expect(queuedPage(page({ chunks: [closed, chunk()] }), 9).chunks).toEqual([closed, chunk({ queuedAt: 9 })]);
});

test('a page without that chunk is not changed', () => {
  expect(pageWithChunk(page(), 3, (each) => each)).toBeUndefined();
  expect(pageWithChunk(page(), -1, (each) => each)).toBeUndefined();
  expect(pageWithChunk(page(), 0, () => undefined)).toBeUndefined();
});
