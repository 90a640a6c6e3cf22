import { describe, expect, test } from '@jest/globals';
import type { JobStore } from '../../functions/core/ports.ts';

/** What every job store tells about who holds a lease. */
export function leaseHolderContract(current: () => JobStore): void {
  describe('holder of a lease', () => {
    test('nobody holds what nobody took, or what was given back', async () => {
      expect(await current().leaseHolder('x', 1000)).toBeUndefined();
      await current().takeLease('x', 'a', 1000, 500);
      await current().releaseLease('x', 'a');
      expect(await current().leaseHolder('x', 1000)).toBeUndefined();
    });

    test('whoever took it holds it until it expires', async () => {
      await current().takeLease('x', 'a', 1000, 500);
      expect(await current().leaseHolder('x', 1000)).toBe('a');
      expect(await current().leaseHolder('x', 1499)).toBe('a');
      expect(await current().leaseHolder('x', 1500)).toBeUndefined();
      expect(await current().leaseHolder('y', 1000)).toBeUndefined();
    });

    test('it is renewed, and goes to another once it expired', async () => {
      await current().takeLease('x', 'a', 1000, 500);
      await current().takeLease('x', 'a', 1400, 500);
      expect(await current().leaseHolder('x', 1899)).toBe('a');
      await current().takeLease('x', 'b', 1899, 500);
      expect(await current().leaseHolder('x', 1899)).toBe('a');
      await current().takeLease('x', 'b', 1900, 500);
      expect(await current().leaseHolder('x', 1900)).toBe('b');
    });
  });
}
