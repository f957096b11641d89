import { expect, test } from 'vitest';
import { mergeByTime } from './merge.ts';

const of = async function* (...times: number[]) {
  for (const time of times) yield { time };
};

async function timesOf(merged: AsyncIterable<{ time: number }>): Promise<number[]> {
  const times: number[] = [];
  for await (const { time } of merged) times.push(time);
  return times;
}

test('what is there comes by time', async () => {
  expect(await timesOf(mergeByTime([of(1, 4, 5), of(2, 3, 6), of()], false))).toEqual([1, 2, 3, 4, 5, 6]);
});

test('a source that comes while others are followed is taken in, also where none was there', async () => {
  const first = Promise.withResolvers<void>();
  const more = async function* () {
    yield of(10);
    await first.promise;
    yield of(20, 21);
  };
  const merged = mergeByTime([], true, more())[Symbol.asyncIterator]();
  expect((await merged.next()).value).toEqual({ time: 10 });
  first.resolve();
  expect((await merged.next()).value).toEqual({ time: 20 });
  expect((await merged.next()).value).toEqual({ time: 21 });
  expect((await merged.next()).done).toBe(true);
});

test('one that fails ends all of them', async () => {
  const failing = async function* (): AsyncGenerator<AsyncIterable<{ time: number }>> {
    yield of(1);
    throw new Error('away');
  };
  await expect(timesOf(mergeByTime([of(2)], true, failing()))).rejects.toThrow('away');
});
