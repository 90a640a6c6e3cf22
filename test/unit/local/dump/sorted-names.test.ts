import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SortedNames } from '../../../../cli/local/dump/sorted-names.ts';

test('names are taken in the order of their bytes, in however many runs they came', () => {
  const run = fc.array(fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('\u00e4', 'a', 'B', '.', '0') }));
  fc.assert(
    fc.property(fc.array(run, { maxLength: 12 }), (runs) => {
      const names = new SortedNames();
      for (const each of runs) names.add([...each]);
      const taken: string[] = [];
      for (let next = names.take(); next !== undefined; next = names.take()) taken.push(next);
      expect(taken).toEqual(runs.flat().sort());
    }),
  );
});
