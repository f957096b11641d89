/** A list that is read page by page, in each of its states. */
import Skeleton from '@mui/material/Skeleton';
import type { ReactNode } from 'react';
import { FailureNotice } from '../components/failure-notice.tsx';
import { Nothing } from '../components/nothing.tsx';
import { LongList, type RowPlace } from './long-list.tsx';
import { useActivityTexts } from './texts.ts';
import type { Pages } from './use-pages.ts';

export interface PagedListProps<T> {
  readonly label: string;
  readonly pages: Pages<T>;
  readonly filtered: boolean;
  readonly empty: string;
  readonly row: (item: T, place: RowPlace) => ReactNode;
}

export function PagedList<T extends { readonly seq: number }>({
  label,
  pages,
  filtered,
  empty,
  row,
}: PagedListProps<T>) {
  const texts = useActivityTexts();
  const { items, failure } = pages;
  return (
    <>
      {failure && <FailureNotice title={texts.list.failed(label)} failure={failure} onRetry={pages.reload} />}
      {!items && !failure && <Skeleton variant="rounded" height={220} />}
      {items?.length === 0 && <Nothing>{filtered ? texts.filters.nothing : empty}</Nothing>}
      {items && items.length > 0 && (
        <LongList
          label={label}
          items={items}
          keyOf={({ seq }) => seq}
          estimate={44}
          row={row}
          onEnd={pages.hasMore ? pages.more : undefined}
        />
      )}
    </>
  );
}
