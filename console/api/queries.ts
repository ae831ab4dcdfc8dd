import { keepPreviousData, MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from '../../clients/typescript/src/errors';
import { whenBack } from './connectivity';

/** Key of the session's query. */
export const SESSION_KEY = ['session'] as const;

/** Milliseconds after which what depends on the clock, such as whether a step is stuck, is read again while its page is visible. No event tells of it. */
export const CLOCK_MS = 15_000;

/** A session that has ended shows the sign-in page, wherever it was noticed. */
function onError(error: unknown): void {
  if (error instanceof ApiError && error.status === 401) queryClient.setQueryData(SESSION_KEY, null);
}

/** What the console has read. Events invalidate it; only that of which no event tells is read on a timer. */
export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      // The client repeats a read by itself while that is promising.
      retry: false,
      staleTime: 5_000,
      networkMode: 'always',
      placeholderData: keepPreviousData,
    },
    mutations: { networkMode: 'always' },
  },
});

// What changed during an interruption is unknown.
whenBack(() => void queryClient.invalidateQueries());
