/**
 * Several streams of stamped items as one, by time at the heads. While following, a source with nothing to say holds
 * nobody up. Nothing is read ahead but one item of each, so back-pressure reaches the sources.
 * @param more while following: sources that come later
 * @throws what a source fails with
 */
export async function* mergeByTime<T extends { readonly time: number }>(
  sources: readonly AsyncIterable<T>[],
  follow: boolean,
  more?: AsyncIterable<AsyncIterable<T>>,
): AsyncIterable<T> {
  type Source = AsyncIterator<T>;
  const iterators: Source[] = [];
  const heads = new Map<Source, T>();
  const arrivals = more?.[Symbol.asyncIterator]();
  /** What has come and was not looked at yet. Not `Promise.race`: it leaves something behind on those that stay silent. */
  const come: (() => void)[] = [];
  let wake: () => void = () => undefined;
  /** Answers that are still to come. */
  let pending = 0;

  const ask = <V>(answer: Promise<V>, take: (value: V) => void): void => {
    pending += 1;
    const put = (look: () => void): void => {
      come.push(look);
      wake();
    };
    answer.then(
      (value) => put(() => take(value)),
      (error: unknown) =>
        put(() => {
          throw error;
        }),
    );
  };
  const pull = (source: Source): void =>
    ask(source.next(), ({ done, value }) => {
      if (!done) heads.set(source, value);
    });
  const begin = (source: AsyncIterable<T>): void => {
    const iterator = source[Symbol.asyncIterator]();
    iterators.push(iterator);
    pull(iterator);
  };
  const awaitArrival = (): void => {
    if (!arrivals) return;
    ask(arrivals.next(), ({ done, value }) => {
      if (done) return;
      begin(value);
      awaitArrival();
    });
  };

  try {
    for (const source of sources) begin(source);
    awaitArrival();
    while (pending > 0 || heads.size > 0) {
      // Not following: wait for a head of every source, so that the order is by time.
      while (pending > 0 && (!follow || heads.size === 0)) {
        const look = come.shift();
        if (look) {
          pending -= 1;
          look();
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      }
      let oldest: readonly [Source, T] | undefined;
      for (const head of heads) if (!oldest || head[1].time < oldest[1].time) oldest = head;
      if (!oldest) continue;
      const [source, item] = oldest;
      heads.delete(source);
      pull(source);
      yield item;
    }
  } finally {
    void arrivals?.return?.();
    for (const source of iterators) void source.return?.();
  }
}
