import { useInfiniteQuery, type InfiniteData } from '@tanstack/react-query';
import type { Key } from './live';
import { queryClient } from './queries';

/** A page of a list, as the API's lists answer. */
export interface ListPage<Row> {
  items: Row[];
  nextCursor?: string | undefined;
}

/** A list that is read page by page. */
export interface List<Row> {
  rows: readonly Row[];
  /** How many pages were read. */
  pages: number;
  isPending: boolean;
  error: unknown;
  retry: () => void;
  /** Reads the next page; absent on the last one and while it is being read. */
  more: (() => void) | undefined;
}

/** Puts a new state of a row into a list that is shown, where the list has the row. */
export function replaceRow<Row>(key: Key, row: Row, isSame: (listed: Row) => boolean): void {
  queryClient.setQueryData<InfiniteData<ListPage<Row>>>(key, (list) =>
    list === undefined
      ? list
      : {
          ...list,
          pages: list.pages.map((page) =>
            page.items.some(isSame) ? { ...page, items: page.items.map((each) => (isSame(each) ? row : each)) } : page,
          ),
        },
  );
}

/** How a list is kept up to date beside the events that concern its noun. */
export interface ListOptions<Row> {
  /** For what no event tells: milliseconds until the rows are read again, while the page is visible; false for never. A long list is not. */
  againAfter?: (rows: readonly Row[]) => number | false;
}

/** Reads a list page by page, as far as the viewer scrolls. The key names the noun and the filters. */
export function useList<Row>(
  key: Key,
  read: (cursor: string | undefined, signal: AbortSignal) => Promise<ListPage<Row>>,
  { againAfter }: ListOptions<Row> = {},
): List<Row> {
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: ({ state: { data } }) =>
      againAfter && data?.pages.length === 1 ? againAfter(data.pages[0]!.items) : false,
  });
  const { data, hasNextPage, isFetching, fetchNextPage, isPending, error, refetch } = query;
  return {
    rows: data?.pages.flatMap(({ items }) => items) ?? [],
    pages: data?.pages.length ?? 0,
    isPending,
    error: data === undefined ? error : null,
    retry: () => void refetch(),
    more: hasNextPage && !isFetching ? () => void fetchNextPage() : undefined,
  };
}
