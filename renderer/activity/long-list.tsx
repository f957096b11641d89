/** A long list of which only what is seen is drawn; at its end it asks for more. */
import Box from '@mui/material/Box';
import Paper from '@mui/material/Paper';
import type { SxProps, Theme } from '@mui/material/styles';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, type Ref, useEffect, useRef } from 'react';
import { useActivityTexts } from './texts.ts';

/** What rows look like. */
export const rowStyle: SxProps<Theme> = {
  display: 'flex',
  gap: 1.5,
  px: 1.5,
  py: 1,
  borderBottom: 1,
  borderColor: 'divider',
  // The list has a border of its own.
  '&:last-child': { borderBottom: 0 },
};

/** What a row puts on its element, so that its height is known. */
export interface RowPlace {
  readonly ref: Ref<HTMLLIElement>;
  readonly 'data-index': number;
  readonly 'aria-setsize': number;
  readonly 'aria-posinset': number;
}

export interface LongListProps<T> {
  readonly label: string;
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string | number;
  /** Height of a row before it was measured, px. */
  readonly estimate: number;
  /** Must render an `li` with `place` on it. */
  readonly row: (item: T, place: RowPlace) => ReactNode;
  readonly onEnd?: (() => void) | undefined;
}

export function LongList<T>({ label, items, keyOf, estimate, row, onEnd }: LongListProps<T>) {
  const texts = useActivityTexts().list;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => estimate,
    overscan: 8,
    getItemKey: (index) => {
      const item = items[index];
      return item === undefined ? index : keyOf(item);
    },
  });
  const rows = virtual.getVirtualItems();
  const last = rows.at(-1)?.index ?? 0;
  const atEnd = items.length > 0 && last >= items.length - 1;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once for each end that is reached
  useEffect(() => {
    if (atEnd) onEnd?.();
  }, [atEnd, items.length]);
  const before = rows[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (rows.at(-1)?.end ?? 0);
  return (
    <Paper
      ref={scroller}
      tabIndex={0}
      role="region"
      aria-label={texts.label(label)}
      sx={{ maxHeight: 'calc(100vh - 300px)', minHeight: 160, overflow: 'auto' }}
    >
      <Box
        component="ul"
        aria-label={label}
        sx={{ listStyle: 'none', m: 0, p: 0 }}
        style={{ paddingTop: before, paddingBottom: Math.max(after, 0) }}
      >
        {rows.map(({ index }) => {
          const item = items[index];
          if (item === undefined) return null;
          return row(item, {
            ref: virtual.measureElement,
            'data-index': index,
            'aria-setsize': items.length,
            'aria-posinset': index + 1,
          });
        })}
      </Box>
    </Paper>
  );
}
