/** Fuzzy search: the letters of what is sought, in order; runs and starts of words count more. Pure. */

/**
 * @returns how well it matches, larger is better; undefined: not at all
 */
export function score(text: string, sought: string): number | undefined {
  const letters = text.toLowerCase();
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  let sum = 0;
  for (const word of words) {
    const found = scoreWord(letters, word);
    if (found === undefined) return undefined;
    sum += found;
  }
  // Among equals the shorter one is meant.
  return sum - letters.length / 1000;
}

function scoreWord(text: string, word: string): number | undefined {
  const whole = text.indexOf(word);
  if (whole >= 0) return 10 * word.length + (startsWord(text, whole) ? 20 : 0);
  let at = -1;
  let sum = 0;
  for (const letter of word) {
    const next = text.indexOf(letter, at + 1);
    if (next < 0) return undefined;
    sum += next === at + 1 ? 3 : startsWord(text, next) ? 4 : 0;
    at = next;
  }
  // Letters strewn over a long text are chance.
  return sum >= word.length * 1.5 ? sum : undefined;
}

function startsWord(text: string, at: number): boolean {
  return at === 0 || !/[\p{L}\p{N}]/u.test(text.charAt(at - 1));
}

/** The best `most` of `items`, best first; all of them in their order where nothing is sought. */
export function search<T>(
  items: readonly T[],
  sought: string,
  textOf: (item: T) => string,
  most: number,
): readonly T[] {
  if (!sought.trim()) return items.slice(0, most);
  return items
    .map((item) => ({ item, points: score(textOf(item), sought) }))
    .filter((found): found is { item: T; points: number } => found.points !== undefined)
    .sort((a, b) => b.points - a.points)
    .slice(0, most)
    .map(({ item }) => item);
}
