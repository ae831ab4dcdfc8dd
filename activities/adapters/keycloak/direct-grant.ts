import KeycloakAdminClient, { NetworkError } from '@keycloak/keycloak-admin-client';
import { requestSignal } from '../../request-signal';
import type { KeycloakSettings } from './settings';

/**
 * What Keycloak says to a user name and a password: `logged in`, or its `error_description` (RFC 6749 §5.2) – "Account is not fully set
 * up" to the right temporary password, "Invalid user credentials" to a wrong one. Throws when the refusal is not about the two.
 */
export async function directGrant(
  settings: KeycloakSettings,
  verifier: { id: string; secret: string },
  username: string,
  password: string,
  signal: AbortSignal,
): Promise<string> {
  const requestOptions: RequestInit = { signal: requestSignal(signal, 10_000) };
  const client = new KeycloakAdminClient({ baseUrl: settings.url, realmName: settings.realm, requestOptions });
  try {
    await client.auth({
      grantType: 'password',
      clientId: verifier.id,
      clientSecret: verifier.secret,
      username,
      password,
    });
    return 'logged in';
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    const answer = error.responseData as { error?: unknown; error_description?: unknown } | undefined;
    if (answer?.error !== 'invalid_grant' || typeof answer.error_description !== 'string') throw error;
    return answer.error_description;
  }
}
