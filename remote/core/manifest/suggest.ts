/** Did-you-mean. */

/** The nearest of `known` to `word` (letter case aside), when it is near enough to have been meant. */
export function suggest(word: string, known: Iterable<string>): string | undefined {
  const wanted = word.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: { name: string; distance: number } | undefined;
  for (const name of known) {
    const distance = editDistance(wanted, name.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { name, distance };
  }
  return best?.name;
}

/** `"Achive" is not known here; did you mean "Archive"?`, or the list of what is known. */
export function unknownName(what: string, word: string, known: readonly string[]): string {
  const near = suggest(word, known);
  if (near !== undefined) return `${what} "${word}" is not known here; did you mean "${near}"?`;
  if (known.length === 0) return `${what} "${word}" is not known here.`;
  return `${what} "${word}" is not known here; it can be ${known.join(', ')}.`;
}

/** Edit distance in which swapping two neighbours counts as one (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1])
        cost = Math.min(cost, (beforeLast[column - 2] ?? 0) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}
