/** Calls Keycloak's admin API in the name of the stack's service client. Answers that are not `expected` throw. */
export type AdminCall = (method: string, path: string, body?: unknown, expected?: number[]) => Promise<unknown>;

/**
 * Signs the service client in, and again when its token has expired. Uses https://www.keycloak.org/docs-api/latest/rest-api/ directly, because loading the admin
 * client library would delay every start of the stack. Paths are below `/admin/realms`.
 */
export async function adminCall(
  url: string,
  client: { clientId: string; clientSecret: string },
  signal?: AbortSignal,
): Promise<AdminCall> {
  let token = await signIn(url, client);
  const send = (method: string, path: string, body: unknown): Promise<Response> =>
    fetch(`${url}/admin/realms${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  return async (method, path, body, expected = []) => {
    let response = await send(method, path, body);
    if (response.status === 401) {
      // A token is valid for a minute, which a busy machine can need for a single call.
      token = await signIn(url, client);
      response = await send(method, path, body);
    }
    const text = await response.text();
    if (!response.ok && !expected.includes(response.status))
      throw new Error(`Keycloak answered ${response.status} to ${method} ${path} while the stack was setting it up.`);
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  };
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
