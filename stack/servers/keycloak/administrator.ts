/**
 * Ensures that the realm `master` has an administrator, who can sign in to the admin console with this password. Uses four calls of
 * https://www.keycloak.org/docs-api/latest/rest-api/ directly, because loading the admin client library would delay every start of the
 * stack.
 */
export async function ensureAdministrator(
  url: string,
  client: { clientId: string; clientSecret: string },
  { adminUser, adminPassword }: { adminUser: string; adminPassword: string },
): Promise<void> {
  const token = await signIn(url, client);
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/admin/realms/master${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok)
      throw new Error(
        `Keycloak answered ${response.status} to ${method} ${path} while its administrator was being created.`,
      );
    const text = await response.text();
    return text === '' ? undefined : JSON.parse(text);
  };
  const find = async (): Promise<{ id: string } | undefined> =>
    ((await call('GET', `/users?exact=true&username=${adminUser}`)) as { id: string }[])[0];
  if (!(await find())) {
    const credentials = [{ type: 'password', value: adminPassword, temporary: false }];
    await call('POST', '/users', { username: adminUser, enabled: true, credentials });
  }
  const user = await find();
  await call('POST', `/users/${user?.id}/role-mappings/realm`, [await call('GET', '/roles/admin')]);
}

async function signIn(url: string, client: { clientId: string; clientSecret: string }): Promise<string> {
  const response = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.clientId,
      client_secret: client.clientSecret,
    }),
  });
  const { access_token: token } = (await response.json()) as { access_token?: string };
  if (token !== undefined) return token;
  throw new Error(
    `Keycloak rejects its service client ${client.clientId} (${response.status}). Start the stack with --fresh to start from scratch.`,
  );
}
