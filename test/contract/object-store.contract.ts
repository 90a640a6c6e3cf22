import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ObjectStore } from '../../functions/core/ports.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (content: Uint8Array) => new TextDecoder().decode(content);

async function* pieces(...parts: string[]): AsyncIterable<Uint8Array> {
  for (const part of parts) yield bytes(part);
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** What every object store does. `makeStore` gives an empty one. */
export function objectStoreContract(name: string, makeStore: () => ObjectStore | Promise<ObjectStore>): void {
  describe(`${name}: object store`, () => {
    let store: ObjectStore;
    beforeEach(async () => {
      store = await makeStore();
    });

    test('what is written is read', async () => {
      await store.write('jobs/1/a.ndjson', bytes('hello'));
      expect(text(await store.read('jobs/1/a.ndjson'))).toBe('hello');
      await store.write('jobs/1/empty', bytes(''));
      expect((await store.read('jobs/1/empty')).length).toBe(0);
    });

    test('a stream is written and read in order', async () => {
      await store.write('s', pieces('one,', 'two,', 'three'));
      expect((await all(store.stream('s'))).map(text).join('')).toBe('one,two,three');
    });

    test('large objects pass unchanged', async () => {
      const block = new Uint8Array(300_000).map((_, n) => n % 251);
      const large = async function* () {
        for (let n = 0; n < 20; n++) yield block;
      };
      await store.write('large', large());
      const read = Buffer.concat(await all(store.stream('large')));
      expect(read.length).toBe(6_000_000);
      expect(read.subarray(5_700_000).equals(block)).toBe(true);
    });

    test('ranges', async () => {
      await store.write('r', bytes('0123456789'));
      expect(text(await store.read('r', { offset: 2, length: 3 }))).toBe('234');
      expect(text(await store.read('r', { offset: 8, length: 2 }))).toBe('89');
      expect(text(await store.read('r', { offset: 8, length: 50 }))).toBe('89');
      expect(text(await store.read('r', { offset: 4, length: 0 }))).toBe('');
    });

    test('an object is replaced as a whole', async () => {
      await store.write('k', bytes('a longer first version'));
      await store.write('k', bytes('second'));
      expect(text(await store.read('k'))).toBe('second');
    });

    test('a body that breaks off leaves what was there', async () => {
      await store.write('k', bytes('before'));
      const broken = async function* () {
        yield bytes('half');
        throw new Error('broke off');
      };
      await expect(store.write('k', broken())).rejects.toThrow('broke off');
      await expect(store.write('new', broken())).rejects.toThrow('broke off');
      expect(text(await store.read('k'))).toBe('before');
      expect(await all(store.list(''))).toEqual(['k']);
    });

    test('nothing is seen of an object until it is whole', async () => {
      const slow = async function* () {
        yield bytes('half');
        await expect(store.read('slow')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
        expect(await all(store.list(''))).toEqual([]);
        yield bytes(' whole');
      };
      await store.write('slow', slow());
      expect(text(await store.read('slow'))).toBe('half whole');
    });

    test('simultaneous writers: one of them wins, whole', async () => {
      const versions = Array.from({ length: 8 }, (_, n) => String(n).repeat(50_000));
      await Promise.all(versions.map((version) => store.write('race', bytes(version))));
      expect(versions).toContain(text(await store.read('race')));
    });

    test('a missing object', async () => {
      await expect(store.read('none')).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
      await expect(store.read('none', { offset: 0, length: 1 })).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
      await expect(all(store.stream('none'))).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
    });

    test('keys are listed by prefix', async () => {
      for (const key of ['jobs/1/a', 'jobs/1/b/c', 'jobs/10/a', 'other']) await store.write(key, bytes('x'));
      const keys = async (prefix: string) => (await all(store.list(prefix))).sort();
      expect(await keys('jobs/1/')).toEqual(['jobs/1/a', 'jobs/1/b/c']);
      expect(await keys('jobs/1')).toEqual(['jobs/1/a', 'jobs/1/b/c', 'jobs/10/a']);
      expect(await keys('')).toHaveLength(4);
      expect(await keys('none/')).toEqual([]);
    });
  });
}
