/** The scrollbar's own scale: 30 million rows are higher than anything that can be laid out. Pure. */

/** Pixels; every row is one line where lines are not wrapped. */
export const rowHeight = 20;
const leastThumb = 24;

export interface Thumb {
  readonly top: number;
  readonly height: number;
}

/**
 * @param top the first row on the screen, with a fraction
 * @param shown rows on the screen
 * @param track pixels of the scrollbar
 */
export function thumbOf(top: number, shown: number, count: number, track: number): Thumb | undefined {
  if (count <= shown || track <= leastThumb) return undefined;
  const height = Math.max(leastThumb, (shown / count) * track);
  return { height, top: (Math.min(top, count - shown) / (count - shown)) * (track - height) };
}

/** The first row on the screen when the thumb's upper edge is at `y`. */
export function rowOfThumb(y: number, shown: number, count: number, track: number): number {
  const thumb = thumbOf(0, shown, count, track);
  if (!thumb) return 0;
  return Math.min(1, Math.max(0, y / (track - thumb.height))) * (count - shown);
}

/** A first row within its bounds. */
export function clamped(top: number, shown: number, count: number): number {
  return Math.min(Math.max(0, top), Math.max(0, count - shown));
}
