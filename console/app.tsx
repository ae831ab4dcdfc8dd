import { QueryClientProvider } from '@tanstack/react-query';
import { Router } from 'wouter';
import { prefix } from './api/address';
import { queryClient } from './api/queries';
import { useSession } from './api/session';
import { Shell } from './shell/shell';
import { SignIn } from './pages/access/sign-in';
import { ErrorState } from './parts/states/error-state';

/** The console: the sign-in page for visitors, everything else for staff. */
export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <Router base={`${prefix}/console`}>
        <Door />
      </Router>
    </QueryClientProvider>
  );
}

function Door() {
  const session = useSession();
  if (session.isPending) return <p className="boot">Loading…</p>;
  if (session.isError)
    return (
      <main className="boot">
        <ErrorState error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  if (session.data === null) return <SignIn />;
  return <Shell session={session.data} />;
}
