import { describe, expect, it } from '@jest/globals';
import type { Attempt } from '../../../functions/attempt/worker.ts';
import type { FileItem, FileKey, Md5 } from '../../../functions/core/ids.ts';
import type { FileEntry } from '../../../functions/core/plan.ts';
import { readAhead } from '../../../functions/import/read-ahead.ts';
import type { FileSource, Source } from '../../../functions/import/source.ts';

const MD5 = 'd41d8cd98f00b204e9800998ecf8427e' as Md5;

function entry(name: string, size = 1000, layers: FileEntry['content']['layers'] = []): FileEntry {
  const file = name as FileKey;
  return { id: name as FileItem, file, version: '1', size, content: { kind: 'dicom', layers } };
}

/** Sources that tell what happens to them. */
function rig(broken: ReadonlySet<string> = new Set(), changed: ReadonlySet<string> = new Set()) {
  const told: string[] = [];
  const open = ({ file }: FileEntry): FileSource => ({
    isSame: async () => !changed.has(file),
    size: undefined,
    once: false,
    body: async () => {
      told.push(`read ${file}`);
      if (broken.has(file)) throw new Error(`cannot read ${file}`);
      const bytes = Buffer.from(file);
      return { next: async () => bytes, last: true, md5: MD5, close: async () => void told.push(`close ${file}`) };
    },
    measure: async () => {
      told.push(`measure ${file}`);
      return { size: 1, md5: MD5 };
    },
  });
  return { told, open };
}

function attempted(): Attempt {
  return {
    blockage: undefined,
    hasFailed: false,
    deadline: { remainingMs: () => 60_000 },
  } as Partial<Attempt> as Attempt;
}

describe('reading ahead', () => {
  it('reads eight images before the first of them is visited', async () => {
    const { told, open } = rig();
    const entries = Array.from({ length: 9 }, (_, index) => entry(`f${index}`, 100_000));
    const visit = async ({ file }: FileEntry, source: Source): Promise<void> => {
      told.push(`visit ${file}`);
      const body = await source.body();
      expect(String(await body.next())).toBe(file);
      await body.close?.();
    };
    await readAhead(attempted(), entries, open, visit);
    expect(told.slice(0, 9)).toEqual([...entries.slice(0, 8).map(({ file }) => `read ${file}`), 'visit f0']);
    for (const { file } of entries)
      expect(told.filter((what) => what.endsWith(` ${file}`))).toEqual([
        `read ${file}`,
        `visit ${file}`,
        `close ${file}`,
      ]);
  });

  it('leaves large and wrapped files to their turn', async () => {
    const { told, open } = rig();
    const wrapped = entry('wrapped', 10, [{ kind: 'compressed' }] as unknown as FileEntry['content']['layers']);
    await readAhead(attempted(), [entry('large', 5_000_000), wrapped], open, async () => undefined);
    expect(told).toEqual([]);
  });

  it('gives back what nobody asked for', async () => {
    const { told, open } = rig();
    await readAhead(attempted(), [entry('a')], open, async () => undefined);
    expect(told).toEqual(['read a', 'close a']);
  });

  it('what was read is measured without being read again, and can still be sent', async () => {
    const { told, open } = rig();
    await readAhead(attempted(), [entry('name')], open, async (_, source) => {
      expect(await source.measure()).toEqual({ size: 4, md5: MD5 });
      expect(String(await (await source.body()).next())).toBe('name');
      // The second time it is read anew.
      await source.body();
    });
    expect(told).toEqual(['read name', 'read name']);
  });

  it('what has changed since it was read is read again, and never taken as it was', async () => {
    const { told, open } = rig(new Set(), new Set(['sent', 'measured']));
    const visit = async ({ file }: FileEntry, source: Source): Promise<void> => {
      if (file === 'sent') await source.body();
      else await source.measure();
    };
    await readAhead(attempted(), [entry('sent'), entry('measured')], open, visit);
    expect(told.filter((what) => what.endsWith('sent'))).toEqual(['read sent', 'close sent', 'read sent']);
    expect(told.filter((what) => what.endsWith('measured'))).toEqual([
      'read measured',
      'close measured',
      'measure measured',
    ]);
  });

  it('what could not be read is read again by whoever asks, and raises what it raises then', async () => {
    const broken = new Set(['a']);
    const { told, open } = rig(broken);
    const seen: string[] = [];
    await readAhead(attempted(), [entry('a'), entry('b')], open, async ({ file }, source) => {
      await source.body().catch((error: Error) => seen.push(error.message));
      broken.clear();
      if (file === 'a') await source.body();
    });
    expect(seen).toEqual(['cannot read a']);
    expect(told.filter((what) => what === 'read a')).toHaveLength(3);
  });

  it('GIVEN a visit that fails THEN nothing more is read, and its error is raised when all have ended', async () => {
    const { told, open } = rig();
    let [visited, ended] = [0, 0];
    const visit = async (): Promise<void> => {
      visited += 1;
      const fails = visited === 3;
      await new Promise((resolve) => setTimeout(resolve, fails ? 1 : 5));
      ended += 1;
      if (fails) throw new Error('a visit failed');
    };
    const attempt = attempted();
    const entries = Array.from({ length: 100 }, (_, index) => entry(`f${index}`, 1_000_000));
    await expect(readAhead(attempt, entries, open, visit)).rejects.toThrow('a visit failed');
    expect(attempt.hasFailed).toBe(true);
    expect(ended).toBe(visited);
    expect(visited).toBe(8);
    expect(told.filter((what) => what.startsWith('read'))).toHaveLength(8);
  });

  it('GIVEN little time left THEN nothing is read', async () => {
    const { told, open } = rig();
    const late = { ...attempted(), deadline: { remainingMs: () => 1000 } };
    await readAhead(late, [entry('a')], open, async () => undefined);
    expect(told).toEqual([]);
  });
});
