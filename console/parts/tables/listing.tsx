import type { ReactNode } from 'react';
import type { List } from '../../api/lists';
import { DataTable, type Column } from './data-table';
import { EmptyState } from '../states/empty-state';
import { ErrorState } from '../states/error-state';
import { Skeleton } from '../states/skeleton';

/** What a {@link Listing} shows. */
export interface ListingProps<Row> {
  list: List<Row>;
  /** What the rows are, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  idOf: (row: Row) => string;
  /** Said when there is nothing, and what to do then; or what stands there instead. */
  empty: ReactNode;
  emptyNote?: ReactNode;
  /** Lines of the skeleton; 4 by default. */
  lines?: number;
}

/** A list in whichever state it is: being read, unreadable, empty, or a table that reads on when it is scrolled. */
export function Listing<Row>({ list, label, columns, idOf, empty, emptyNote, lines = 4 }: ListingProps<Row>) {
  if (list.error !== null) return <ErrorState error={list.error} onRetry={list.retry} />;
  if (list.isPending) return <Skeleton lines={lines} height={32} />;
  if (list.rows.length === 0)
    return typeof empty === 'string' ? <EmptyState title={empty}>{emptyNote}</EmptyState> : empty;
  return <DataTable label={label} columns={columns} rows={list.rows} idOf={idOf} onMore={list.more} />;
}
