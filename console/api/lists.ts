import { useInfiniteQuery } from '@tanstack/react-query';
import type { Key } from './live';

/** A page of a list, as the API's lists answer. */
export interface ListPage<Row> {
  items: Row[];
  nextCursor?: string | undefined;
}

/** A list that is read page by page. */
export interface List<Row> {
  rows: readonly Row[];
  isPending: boolean;
  error: unknown;
  retry: () => void;
  /** Reads the next page; absent on the last one and while it is being read. */
  more: (() => void) | undefined;
}

/** Reads a list as far as somebody scrolls. The key names the noun and the filters. */
export function useList<Row>(
  key: Key,
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<ListPage<Row>>,
): List<Row> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const { data, hasNextPage, isFetching, fetchNextPage, isPending, error, refetch } = query;
  return {
    rows: data?.pages.flatMap(({ items }) => items) ?? [],
    isPending,
    error: data === undefined ? error : null,
    retry: () => void refetch(),
    more: hasNextPage && !isFetching ? () => void fetchNextPage() : undefined,
  };
}
