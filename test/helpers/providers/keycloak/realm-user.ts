import { randomUUID } from 'node:crypto';
import type { Endpoints } from '../../../../stack/types';

const REALM = 'tenants';

/** An answer of Keycloak. */
export interface RealmAnswer {
  status: number;
  text: string;
}

/** Keycloak's REST API in somebody's name; paths begin with `/realms` or `/admin`. */
export type RealmCall = (method: string, path: string, body?: unknown) => Promise<RealmAnswer>;

type Server = NonNullable<Endpoints['keycloak']>;

/** In the name of the server's administrator, who may do everything. */
export async function asServerAdmin(server: Server): Promise<RealmCall> {
  const { adminUser: username, adminPassword: password } = server;
  return callWith(server, (await grant(server, 'master', { username, password })).access);
}

/**
 * In the name of a tenant's first admin after the first login: the administrator sets a password that is not temporary, and the user signs in
 * with the client every realm has for its own API. With `scope` the token asks for more; `claims` is what an application would be told.
 */
export async function asUser(
  server: Server,
  username: string,
  scope = 'openid',
): Promise<{ call: RealmCall; claims: string }> {
  const admin = await asServerAdmin(server);
  const users = await admin('GET', `/admin/realms/${REALM}/users?exact=true&username=${encodeURIComponent(username)}`);
  const [user] = JSON.parse(users.text) as { id: string }[];
  const path = `/admin/realms/${REALM}/users/${user!.id}`;
  const password = `Aa1!${randomUUID()}`;
  await expectDone(admin('PUT', `${path}/reset-password`, { type: 'password', temporary: false, value: password }));
  await expectDone(admin('PUT', path, { ...user, requiredActions: [] }));
  const { access, id = '' } = await grant(server, REALM, { username, password, scope });
  return { call: callWith(server, access), claims: Buffer.from(id.split('.')[1] ?? '', 'base64url').toString() };
}

async function grant(
  { url }: Server,
  realm: string,
  fields: Record<string, string>,
): Promise<{ access: string; id?: string }> {
  const response = await fetch(`${url}/realms/${realm}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...fields }),
  });
  const answer = (await response.json()) as { access_token?: string; id_token?: string; error_description?: string };
  if (answer.access_token === undefined) throw new Error(`Keycloak gave no token: ${answer.error_description}`);
  const { access_token: access, id_token: id } = answer;
  return id === undefined ? { access } : { access, id };
}

function callWith({ url }: Server, token: string): RealmCall {
  return async (method, path, body) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  };
}

async function expectDone(answer: Promise<RealmAnswer>): Promise<void> {
  const { status, text } = await answer;
  if (status >= 300) throw new Error(`Keycloak answered ${status}: ${text}`);
}
