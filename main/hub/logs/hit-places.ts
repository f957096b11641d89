/** Where hits lie among the rows of a view. */
import type { LogBar } from '../calls/logs.ts';
import type { LogEvent } from './events.ts';
import type { Merged } from './merge.ts';
import type { Hit } from './search.ts';

/** So many hits lie close enough together for a bar of some hundred pixels. */
const hitsOfBar = 2_000;

/** The number of a hit's row; of one that is not here, of the first row that is not before it. */
function rankOfHit(merged: Merged, hit: Hit): number {
  const place = hit.log.find(hit.seq);
  return place ? merged.rank(hit.log, place.block, place.row) : merged.rankAt(hit.time);
}

/** The number of the nearest hit before or after a row; beyond the end it goes on at the other. */
export function nearestHit(
  merged: Merged,
  hits: readonly Hit[],
  { row, direction }: { row: number; direction: 'next' | 'previous' },
): number {
  let low = 0;
  let high = hits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const hit = hits[middle];
    const rank = hit ? rankOfHit(merged, hit) : 0;
    if (direction === 'next' ? rank <= row : rank < row) low = middle + 1;
    else high = middle;
  }
  return direction === 'next' ? low % hits.length : (low - 1 + hits.length) % hits.length;
}

/** For the bar beside the rows: how many hits lie in each of its parts, and at which rows events. */
export function barOf(merged: Merged, hits: readonly Hit[], events: readonly LogEvent[], buckets: number): LogBar {
  const count = Math.max(1, merged.count);
  const bar = new Array<number>(buckets).fill(0);
  const step = Math.max(1, Math.floor(hits.length / hitsOfBar));
  for (let index = 0; index < hits.length; index += step) {
    const hit = hits[index];
    const place = hit?.log.find(hit.seq);
    if (!hit || !place) continue;
    const row = merged.rank(hit.log, place.block, place.row);
    const bucket = Math.min(buckets - 1, Math.floor((row / count) * buckets));
    bar[bucket] = (bar[bucket] ?? 0) + step;
  }
  return { hits: bar, events: events.map(({ time, text, state }) => ({ row: merged.rankAt(time), text, state })) };
}
