import { adminUsername } from './admin-user';
import type { KeycloakSettings } from './settings';

/**
 * Where a tenant's first admin logs in: the application, told whom to expect (`login_hint`, which it passes on to Keycloak), or without
 * one Keycloak's account console, behind a login form with the user name filled in. Holds no secret.
 */
export function adminAccessUrl({ url, realm, applicationUrl }: KeycloakSettings, tenantId: string): string {
  const hint = adminUsername(tenantId);
  if (applicationUrl !== undefined) {
    const target = new URL(applicationUrl);
    target.searchParams.set('login_hint', hint);
    return target.href;
  }
  // `account` is a client every realm has; its console then finds the session that this login opened.
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
