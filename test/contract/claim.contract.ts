import { describe, expect, test } from '@jest/globals';
import type { Claim, JobStore } from '../../functions/core/ports.ts';
import { instance, item, jobId } from './samples.ts';

const claim = (n: number, pixels = true): Claim => ({ item: item(n), pixels });
const on = (which: number, ...claims: Claim[]) => claims.map((each) => ({ instance: instance(which), claim: each }));

/** What every job store does with the claims of files on instances. */
export function claimContract(current: () => JobStore): void {
  describe('claims', () => {
    test('nobody has claimed anything at first', async () => {
      expect(await current().claim(jobId(), [])).toEqual([]);
      expect(await current().claims(jobId(), [])).toEqual([]);
      expect(await current().claims(jobId(), [instance(1)])).toEqual([[]]);
    });

    test('claims stay in the order in which they came, and each sees those before it', async () => {
      const seen = await current().claim(jobId(), [...on(1, claim(9)), ...on(2, claim(5)), ...on(1, claim(3))]);
      expect(seen).toEqual([[claim(9)], [claim(5)], [claim(9), claim(3)]]);
      expect(await current().claim(jobId(), on(1, claim(1)))).toEqual([[claim(9), claim(3), claim(1)]]);
    });

    test('claims are given for the instances in the order in which they are asked for', async () => {
      await current().claim(jobId(), [...on(1, claim(1)), ...on(2, claim(2))]);
      const asked = await current().claims(jobId(), [instance(2), instance(3), instance(1), instance(2)]);
      expect(asked).toEqual([[claim(2)], [], [claim(1)], [claim(2)]]);
    });

    test('a file that claims again keeps its place and what it said first', async () => {
      await current().claim(jobId(), on(1, claim(1), claim(2)));
      const again = await current().claim(jobId(), on(1, claim(2), claim(1, false)));
      expect(again).toEqual([
        [claim(1), claim(2)],
        [claim(1), claim(2)],
      ]);
      expect(await current().claims(jobId(), [instance(1)])).toEqual([[claim(1), claim(2)]]);
    });

    test('one file may claim several instances, since its content may change', async () => {
      await current().claim(jobId(), [...on(1, claim(1)), ...on(2, claim(1))]);
      expect(await current().claims(jobId(), [instance(1), instance(2)])).toEqual([[claim(1)], [claim(1)]]);
    });

    test('jobs do not see the claims of others', async () => {
      await current().claim(jobId(), on(1, claim(1)));
      const other = jobId('job-2');
      expect(await current().claim(other, on(1, claim(2)))).toEqual([[claim(2)]]);
      expect(await current().claims(jobId(), [instance(1)])).toEqual([[claim(1)]]);
    });

    test('what a claim says is kept', async () => {
      const unknown = { item: item(1), pixels: false, size: 5_000_000_000 };
      await current().claim(jobId(), on(1, unknown));
      expect(await current().claims(jobId(), [instance(1)])).toEqual([[unknown]]);
    });

    test('simultaneous callers agree on one order, and nobody is lost', async () => {
      const callers = [1, 2, 3, 4].map((n) => on(1, claim(n), claim(10 + n), claim(99)));
      const seen = await Promise.all(callers.map((claims) => current().claim(jobId(), claims)));
      const [final = []] = await current().claims(jobId(), [instance(1)]);
      expect(final.map((each) => each.item).sort()).toEqual([1, 11, 12, 13, 14, 2, 3, 4, 99].map(item).sort());
      for (const views of seen) for (const view of views) expect(final.slice(0, view.length)).toEqual(view);
      for (const n of [1, 2, 3, 4])
        expect(final.indexOf(found(final, n))).toBeLessThan(final.indexOf(found(final, 10 + n)));
    });
  });
}

function found(claims: readonly Claim[], n: number): Claim {
  return claims.find((each) => each.item === item(n)) ?? claim(-1);
}
