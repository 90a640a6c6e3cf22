/**
 * The results of `work` on each of these, in their order, while it is under way for the next `count` of them. Whoever leaves early
 * waits until what was begun has ended.
 */
export async function* ahead<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  count: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const pending: Promise<R>[] = [];
  try {
    for await (const item of items) {
      const working = work(item);
      // It is awaited below, in order; until then a failure must not count as unhandled.
      working.catch(() => undefined);
      pending.push(working);
      const first = pending.length >= count ? pending.shift() : undefined;
      if (first) yield await first;
    }
    for (let first = pending.shift(); first; first = pending.shift()) yield await first;
  } finally {
    await Promise.allSettled(pending);
  }
}
