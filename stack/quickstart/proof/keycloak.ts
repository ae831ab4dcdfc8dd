import { dashName } from '../../../contract/ids';
import type { Endpoints } from '../../types';
import type { Question } from './question';

const REALM = 'tenants';

/** Counts a tenant's resources in Keycloak. Source: https://www.keycloak.org/docs-api/latest/rest-api/ */
export function keycloakQuestions({ keycloak }: Endpoints): Question[] {
  if (!keycloak) return [];
  let token: Promise<string> | undefined;
  const get = async (path: string): Promise<Response> => {
    token ??= signIn(keycloak);
    return fetch(`${keycloak.url}/admin/realms/${REALM}${path}`, {
      headers: { authorization: `Bearer ${await token}` },
      signal: AbortSignal.timeout(10_000),
    });
  };
  const list = async (path: string): Promise<{ name?: string; username?: string }[]> => {
    let response = await get(path);
    if (response.status === 401) {
      // A token is valid for a minute, and counting for many tenants may take longer.
      token = undefined;
      response = await get(path);
    }
    if (!response.ok) throw new Error(`Keycloak answered ${response.status} to ${path}`);
    return (await response.json()) as { name?: string; username?: string }[];
  };
  const count =
    (pathFor: (name: string) => string) =>
    async (tenantId: string): Promise<number> => {
      const name = dashName(tenantId);
      const found = await list(pathFor(encodeURIComponent(name)));
      return found.filter((entry) => (entry.name ?? entry.username ?? '').includes(name)).length;
    };
  return [
    { where: 'Keycloak', what: 'organizations', count: count((name) => `/organizations?search=${name}`) },
    { where: 'Keycloak', what: 'groups', count: count((name) => `/groups?search=${name}`) },
    { where: 'Keycloak', what: 'users', count: count((name) => `/users?search=*${name}`) },
  ];
}

async function signIn({ url, clientId, clientSecret }: NonNullable<Endpoints['keycloak']>): Promise<string> {
  const response = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }),
    signal: AbortSignal.timeout(10_000),
  });
  const { access_token: token } = (await response.json()) as { access_token?: string };
  if (token === undefined) throw new Error(`Keycloak refused to sign in its service client (${response.status})`);
  return token;
}
