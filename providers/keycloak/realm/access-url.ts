import { adminUsername } from '../admin-user';
import type { KeycloakSettings } from '../settings';

/**
 * The URL at which a tenant's first admin logs in. With an application it is the application's URL with a `login_hint` to pass on to
 * Keycloak; without one it is Keycloak's account console, behind a login form with the user name filled in. Holds no secret.
 */
export function adminAccessUrl({ url, realm, applicationUrl }: KeycloakSettings, tenantId: string): string {
  const hint = adminUsername(tenantId);
  if (applicationUrl !== undefined) {
    const target = new URL(applicationUrl);
    target.searchParams.set('login_hint', hint);
    return target.href;
  }
  // Every realm has the client `account`, and its console picks up the session that this login opens.
  const target = new URL(`${url}/realms/${encodeURIComponent(realm)}/protocol/openid-connect/auth`);
  target.search = new URLSearchParams({
    client_id: 'account',
    redirect_uri: `${url}/realms/${encodeURIComponent(realm)}/account/`,
    response_type: 'code',
    scope: 'openid',
    login_hint: hint,
  }).toString();
  return target.href;
}
