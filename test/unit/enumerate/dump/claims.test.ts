import { describe, expect, it } from '@jest/globals';
import { openDatabase } from '../../../../cli/local/database.ts';
import { SqliteJobStore } from '../../../../cli/local/job-store.ts';
import type { FileEntry } from '../../../../functions/core/plan.ts';
import { claimInOrder } from '../../../../functions/enumerate/dump/claims.ts';
import { fileEntry, instance, item, jobId } from '../../../contract/samples.ts';

function claiming() {
  const store = new SqliteJobStore(openDatabase(':memory:'));
  return async (...entries: FileEntry[]) => {
    const claimed = await claimInOrder({ store }, jobId(), entries);
    return claimed.map(({ rivals }) => rivals ?? []);
  };
}

const image = (n: number, of = 1) => fileEntry(n, { instance: instance(of) });

describe('claims on instances', () => {
  it('tell each file those that came before it, on this page and on earlier ones', async () => {
    const claim = claiming();
    expect(await claim(image(1), image(2, 7), image(3))).toEqual([[], [], [item(1)]]);
    expect(await claim(image(4), image(5, 7))).toEqual([[item(1), item(3)], [item(2)]]);
  });

  it('are the same when a page is planned again, whatever was claimed since', async () => {
    const claim = claiming();
    const page = [image(1), image(2)];
    const first = await claim(...page);
    await claim(image(3));
    expect(await claim(...page)).toEqual(first);
  });

  it('replace what a file was told before', async () => {
    const claim = claiming();
    expect(await claim({ ...image(1), rivals: [item(9)] })).toEqual([[]]);
  });

  it('leave files alone that tell no instance', async () => {
    const claim = claiming();
    const { instance: _, ...dicom } = image(1).content.dicom ?? { uncertain: false, pixels: 'unknown' };
    const nameless: FileEntry = { ...image(1), content: { kind: 'dicom', layers: [], dicom } };
    expect(await claim(nameless, { ...nameless, id: item(2) }, image(3))).toEqual([[], [], []]);
  });
});

const unread = (n: number, size: number) => {
  const entry = fileEntry(n, { pixels: 'unknown' });
  return { ...entry, content: { ...entry.content, size } };
};

describe('claims of files whose header is too long to look for pixel data', () => {
  it('let the longest go first, which is no header-only copy, once all have claimed', async () => {
    const claim = claiming();
    const [copy, full, cut] = [unread(1, 2000), unread(2, 9000), unread(3, 1000)];
    await claim(copy, full);
    await claim(cut);
    expect(await claim(copy, full, cut)).toEqual([[item(2)], [], [item(1), item(2)]]);
  });

  it('let the first go first among those that are equally long', async () => {
    const claim = claiming();
    expect(await claim(unread(1, 9000), unread(2, 9000))).toEqual([[], [item(1)]]);
  });

  it('come behind files of which it is known, and those wait for none of them', async () => {
    const claim = claiming();
    const report = fileEntry(2, { pixels: 'none-by-nature' });
    await claim(unread(1, 9000), report);
    expect(await claim(unread(1, 9000), report)).toEqual([[item(2)], []]);
  });
});
