/**
 * Several streams of stamped items as one, by time at the heads. While following, a source with nothing to say holds
 * nobody up. Nothing is read ahead but one item of each, so back-pressure reaches the sources.
 */
export async function* mergeByTime<T extends { readonly time: number }>(
  sources: readonly AsyncIterable<T>[],
  follow: boolean,
): AsyncIterable<T> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  type Head = { readonly source: AsyncIterator<T>; readonly result: IteratorResult<T> };
  const next = (source: AsyncIterator<T>): Promise<Head> => source.next().then((result) => ({ source, result }));
  const waiting = new Map(iterators.map((source) => [source, next(source)]));
  const heads = new Map<AsyncIterator<T>, T>();
  try {
    while (waiting.size > 0 || heads.size > 0) {
      // Not following: wait for a head of every source, so that the order is by time.
      while (waiting.size > 0 && (!follow || heads.size === 0)) {
        const { source, result } = await Promise.race(waiting.values());
        waiting.delete(source);
        if (!result.done) heads.set(source, result.value);
      }
      let oldest: readonly [AsyncIterator<T>, T] | undefined;
      for (const head of heads) if (!oldest || head[1].time < oldest[1].time) oldest = head;
      if (!oldest) continue;
      const [source, item] = oldest;
      heads.delete(source);
      waiting.set(source, next(source));
      yield item;
    }
  } finally {
    for (const source of iterators) void source.return?.();
  }
}
