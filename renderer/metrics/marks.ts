/** What happened while the figures moved: operations, as marks on the charts. Pure. */
import type { Operation } from '../../remote/core/contract/operation.ts';
import { metricsTexts } from './texts.ts';

export interface Mark {
  readonly time: number;
  readonly text: string;
  /** Drawn and named in another way. */
  readonly kind: 'change' | 'failure';
}

/** Marks between two moments, oldest first. @param service only what is about it, or about the whole application */
export function marksOf(
  operations: Iterable<Operation>,
  about: { application: string; service?: string | undefined },
  from: number,
  to: number,
): Mark[] {
  const marks: Mark[] = [];
  for (const { target, title, state, startedAt, endedAt, failure } of operations) {
    if (target.application !== about.application) continue;
    if (about.service !== undefined && target.service !== undefined && target.service !== about.service) continue;
    if (state === 'running' || state === 'cancelled') continue;
    const failed = state === 'failed';
    const time = failed ? (endedAt ?? startedAt) : startedAt;
    if (time < from || time > to) continue;
    marks.push({
      time,
      text: failed ? metricsTexts().marks.failure(title, failure?.message) : title,
      kind: failed ? 'failure' : 'change',
    });
  }
  return marks.sort((a, b) => a.time - b.time);
}

/** The mark that is nearest to a moment, within `within` milliseconds. */
export function markNear(marks: readonly Mark[], time: number, within: number): Mark | undefined {
  let best: Mark | undefined;
  for (const mark of marks) {
    const distance = Math.abs(mark.time - time);
    if (distance <= within && (!best || distance < Math.abs(best.time - time))) best = mark;
  }
  return best;
}
