import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Key } from '../../api/live';
import { ErrorState } from './error-state';
import { Skeleton } from './skeleton';

/** What a {@link Reading} reads and shows. */
export interface ReadingProps<Data> {
  /** Names the noun, see {@link Key}. */
  of: Key;
  read: (signal: AbortSignal) => Promise<Data>;
  /** For what no event tells: milliseconds until it is read again, while the page is visible; false for never. */
  againAfter?: (data: Data) => number | false;
  /** Lines of the skeleton; 3 by default. */
  lines?: number;
  children: (data: Data) => ReactNode;
}

/** Reads something and shows it, or a skeleton, or why it could not be read. */
export function Reading<Data>({ of, read, againAfter, lines = 3, children }: ReadingProps<Data>) {
  const { data, error, refetch } = useQuery({
    queryKey: of,
    queryFn: ({ signal }) => read(signal),
    refetchInterval: ({ state }) => (againAfter && state.data !== undefined ? againAfter(state.data) : false),
  });
  if (data !== undefined) return children(data);
  return error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <Skeleton lines={lines} height={28} />;
}
