/** Parts of a line cut where marks begin and end. Pure. */
import type { Part } from './ansi.ts';

export interface MarkedPart extends Part {
  readonly isHit: boolean;
}

/**
 * @param marks begins and ends by turns, in characters of the line without its control sequences. A part that stands for
 *   a character that could not be seen is marked whole.
 */
export function cutAt(parts: readonly Part[], marks: readonly number[]): MarkedPart[] {
  const cut: MarkedPart[] = [];
  let at = 0;
  let next = 0;
  for (const { text, look, stands } of parts) {
    const end = at + (stands ?? text.length);
    if (stands !== undefined) {
      cut.push({ text, look, stands, isHit: isInside(marks, at) });
      at = end;
      continue;
    }
    let start = at;
    while ((marks[next] ?? end) < end) {
      const border = marks[next] ?? end;
      if (border > start) cut.push({ text: text.slice(start - at, border - at), look, isHit: next % 2 === 1 });
      start = Math.max(start, border);
      next += 1;
    }
    if (start < end) cut.push({ text: text.slice(start - at), look, isHit: next % 2 === 1 });
    at = end;
  }
  return cut;
}

function isInside(marks: readonly number[], at: number): boolean {
  for (let index = 0; index + 1 < marks.length; index += 2) {
    if (at >= (marks[index] ?? 0) && at < (marks[index + 1] ?? 0)) return true;
  }
  return false;
}
