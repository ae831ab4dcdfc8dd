import { keepPreviousData, MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from '../../clients/typescript/src/errors';
import { whenBack } from './connectivity';

/** Key of the session's query. */
export const SESSION_KEY = ['session'] as const;

/** A session that has ended shows the sign-in page, wherever it was noticed. */
function onError(error: unknown): void {
  if (error instanceof ApiError && error.status === 401) queryClient.setQueryData(SESSION_KEY, null);
}

/** What the console has read. Events invalidate it; only messages of webhooks, of which no event tells, are read on a timer. */
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
