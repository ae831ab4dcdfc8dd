import KeycloakAdminClient, { NetworkError } from '@keycloak/keycloak-admin-client';
import { failure } from '../../port/failures';
import { requestSignal } from '../../port/request-signal';
import { orAbsent } from '../answers';
import type { Account } from './passwords';
import { clientOf } from '../realm/realm';
import { VERIFIER_CLIENT } from '../realm/realm-settings';
import type { KeycloakSettings } from '../settings';

/** An account whose passwords are tried through the verifier client. */
export async function triedAccount(
  client: KeycloakAdminClient,
  settings: KeycloakSettings,
  { id, username }: { id: string; username: string },
  signal: AbortSignal,
): Promise<Account> {
  const verifier = await clientOf(client, VERIFIER_CLIENT);
  const credentials = { id: verifier.clientId!, secret: verifier.secret! };
  return {
    login: (password) => directGrant(settings, credentials, username, password, signal),
    countedFailures: () => countedFailures(client, id),
    forgive: () => orAbsent(client.attackDetection.del({ id })),
  };
}

async function countedFailures(client: KeycloakAdminClient, id: string): Promise<number> {
  const { numFailures } = (await client.attackDetection.findOne({ id })) as { numFailures?: unknown };
  if (typeof numFailures === 'number') return numFailures;
  throw failure('OutcomeUnknown', 'Keycloak answered without the number of failed logins of an account.');
}

/**
 * Tries a user name and password, and returns `logged in` or Keycloak's `error_description` (RFC 6749 §5.2): "Account is not fully set up"
 * for the right temporary password, "Invalid user credentials" for a wrong one. Throws if the refusal is about neither of the two.
 */
async function directGrant(
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
