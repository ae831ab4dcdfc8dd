import { useQuery } from '@tanstack/react-query';
import { problemOf } from '../../clients/typescript/src/connection';
import { mayCall, type Role, type RouteName } from './access';
import { sendTo } from './client';
import { queryClient, SESSION_KEY } from './queries';
import { apiUrl, presentPath } from './address';

/** The signed-in person. */
export interface Session {
  user: { id: string; name: string; roles: Role[] };
  idleExpiresAt?: string;
  expiresAt?: string;
}

/** The session; null for a visitor who is not signed in. */
export function useSession() {
  return useQuery({ queryKey: SESSION_KEY, queryFn: readSession, staleTime: 60_000, refetchOnWindowFocus: true });
}

/** Whether the person's roles allow calling a route of the API. False until the session is known. */
export function useMayCall(): (route: RouteName) => boolean {
  const user = useSession().data?.user;
  return (route) => user !== undefined && mayCall(user.roles, route);
}

/** Where the sign-in begins. It leads back to the present page. */
export function signInAddress(): string {
  return `${apiUrl}/console/sign-in?return=${encodeURIComponent(presentPath())}`;
}

/** Ends the session here, then at the identity provider. */
export async function signOut(): Promise<void> {
  const response = await sendTo('/console/sign-out', { method: 'POST' });
  queryClient.clear();
  const { location: next } = response.ok ? ((await response.json()) as { location?: string }) : {};
  location.assign(next ?? `${apiUrl}/console/`);
}

async function readSession({ signal }: { signal: AbortSignal }): Promise<Session | null> {
  const response = await sendTo('/console/session', { signal });
  if (response.status === 401) return null;
  if (!response.ok) throw await problemOf(new Request(response.url), response);
  return (await response.json()) as Session;
}
