/** Applies `work` to every item, at most `limit` at a time. The first error ends it, once what runs has come back. */
export async function eachBounded<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const failed: unknown[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length && failed.length === 0) {
      const item = items[next++] as T;
      await work(item).catch((error: unknown) => void failed.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (failed.length > 0) throw failed[0];
}
