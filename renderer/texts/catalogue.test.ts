import { afterEach, expect, test } from 'vitest';
import { type Catalogue, speak, textsOf } from './catalogue.ts';

const english = {
  close: 'Close',
  nodes: (count: number) => (count === 1 ? '1 node runs' : `${count} nodes run`),
};
type Texts = typeof english;

/** Made up: it puts the number last, and has other words for one and for two. */
const backward: Texts = {
  close: 'esolC',
  nodes: (count) => ['snur edon', 'snur edon a', 'nur sedon owt'][count] ?? `nur sedon ${count}`,
};
const texts: Catalogue<Texts, 'en' | 'backward'> = { en: english, backward };

/** As if it were one of those that can be preferred. */
const choose = (code: 'en' | 'backward'): void => speak(code as Parameters<typeof speak>[0]);

afterEach(() => choose('en'));

test('a catalogue with a further language speaks that which is in force', () => {
  expect([1, 2].map(textsOf(texts).nodes)).toEqual(['1 node runs', '2 nodes run']);
  choose('backward');
  expect(textsOf(texts).close).toBe('esolC');
  expect([1, 2, 7].map(textsOf(texts).nodes)).toEqual(['snur edon a', 'nur sedon owt', 'nur sedon 7']);
  choose('en');
  expect(textsOf(texts).close).toBe('Close');
});

test('the type checker names what a language lacks', () => {
  // @ts-expect-error it has no word for the nodes
  const half: Texts = { close: 'esolC' };
  // @ts-expect-error one of two languages is missing
  const alone: Catalogue<Texts, 'en' | 'backward'> = { en: english };
  expect([Object.keys(half), Object.keys(alone)]).toEqual([['close'], ['en']]);
});
