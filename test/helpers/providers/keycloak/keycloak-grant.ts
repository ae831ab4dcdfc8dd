import type { Endpoints } from '../../../../stack/types';

/**
 * What Keycloak says to a tenant's user name and password: its `error_description`, or `logged in`. Asked with the client the product's own
 * verification has, past its code.
 */
export async function passwordGrant(
  { url, adminUser, adminPassword }: NonNullable<Endpoints['keycloak']>,
  username: string,
  password: string,
): Promise<string> {
  const token = (realm: string, fields: Record<string, string>) =>
    fetch(`${url}/realms/${realm}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', ...fields }),
    }).then((response) => response.json() as Promise<{ access_token?: string; error_description?: string }>);
  const { access_token: admin } = await token('master', {
    client_id: 'admin-cli',
    username: adminUser,
    password: adminPassword,
  });
  const answer = await fetch(`${url}/admin/realms/tenants/clients?clientId=verifier`, {
    headers: { authorization: `Bearer ${admin}` },
  });
  const [client] = (await answer.json()) as { clientId: string; secret: string }[];
  const { error_description: refusal = 'logged in' } = await token('tenants', {
    client_id: client!.clientId,
    client_secret: client!.secret,
    username,
    password,
  });
  return refusal;
}
