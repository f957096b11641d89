/**
 * Several streams of stamped items as one, by time at the heads. While following, a source with nothing to say holds
 * nobody up. Nothing is read ahead but one item of each, so back-pressure reaches the sources.
 * @param more while following: sources that come later
 */
export async function* mergeByTime<T extends { readonly time: number }>(
  sources: readonly AsyncIterable<T>[],
  follow: boolean,
  more?: AsyncIterable<AsyncIterable<T>>,
): AsyncIterable<T> {
  type Source = AsyncIterator<T>;
  type Event =
    | { readonly source: Source; readonly result: IteratorResult<T> }
    | { readonly arrived: Source | undefined };
  const iterators = sources.map((source): Source => source[Symbol.asyncIterator]());
  const next = (source: Source): Promise<Event> => source.next().then((result) => ({ source, result }));
  const waiting = new Map(iterators.map((source) => [source, next(source)]));
  const heads = new Map<Source, T>();
  const arrivals = more?.[Symbol.asyncIterator]();
  const arrival = (): Promise<Event> | undefined =>
    arrivals?.next().then(({ done, value }) => ({ arrived: done ? undefined : value[Symbol.asyncIterator]() }));
  let arriving = arrival();
  try {
    while (waiting.size > 0 || heads.size > 0 || arriving) {
      // Not following: wait for a head of every source, so that the order is by time.
      while ((waiting.size > 0 || arriving) && (!follow || heads.size === 0)) {
        // Those that come are first: whoever always has a line would keep them waiting.
        const event = await Promise.race([...(arriving ? [arriving] : []), ...waiting.values()]);
        if ('arrived' in event) {
          arriving = event.arrived && arrival();
          if (event.arrived) {
            iterators.push(event.arrived);
            waiting.set(event.arrived, next(event.arrived));
          }
          continue;
        }
        waiting.delete(event.source);
        if (!event.result.done) heads.set(event.source, event.result.value);
      }
      let oldest: readonly [Source, T] | undefined;
      for (const head of heads) if (!oldest || head[1].time < oldest[1].time) oldest = head;
      if (!oldest) continue;
      const [source, item] = oldest;
      heads.delete(source);
      waiting.set(source, next(source));
      yield item;
    }
  } finally {
    arriving?.catch(() => undefined); // nobody waits for them any more
    void arrivals?.return?.();
    for (const source of iterators) void source.return?.();
  }
}
