import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { failure } from '../../failures';
import { requestSignal } from '../../request-signal';
import { statusOf } from './answers';
import { classifyKeycloak } from './classify';
import type { KeycloakSettings } from './settings';

/** Milliseconds one request may take; well below the 60 s an activity has, so that a late success cannot outlive the attempt. */
const REQUEST_TIMEOUT_MS = 10_000;

/** A signed-in connection to the tenants' realm. */
export interface Session {
  /**
   * Runs `work` with an admin client that aborts with `signal` and after `timeoutMs` a request (default 10 s). Nothing is repeated,
   * except that a refused token is renewed once and `work` run again: it must be safe to repeat. Throws what the client throws.
   */
  run<T>(signal: AbortSignal, work: (client: KeycloakAdminClient) => Promise<T>, timeoutMs?: number): Promise<T>;
  /** Drops the token; the next `run` signs in again. */
  forget(): void;
}

/** Opens a session; nothing is sent before the first `run`. */
export function createSession(settings: KeycloakSettings): Session {
  let login: KeycloakAdminClient | undefined;
  let signingIn: Promise<string> | undefined;

  // Tokens live for a minute only, so many activities share one; its request must not die with the activity that happened to ask first.
  const signIn = async (): Promise<string> => {
    const fresh = new KeycloakAdminClient({ baseUrl: settings.url, realmName: 'master', timeout: REQUEST_TIMEOUT_MS });
    const { clientId, clientSecret } = settings;
    try {
      await fresh.auth({ grantType: 'client_credentials', clientId, clientSecret });
    } catch (error) {
      // What a success that is no token makes the client stumble over is of no interest.
      throw classifyKeycloak(error, 'Keycloak, signing in') === undefined ? noToken() : error;
    }
    if (typeof fresh.accessToken !== 'string') throw noToken();
    login = fresh;
    return fresh.accessToken;
  };
  const token = (): Promise<string> => {
    if (login?.accessToken && !login.isTokenExpired()) return Promise.resolve(login.accessToken);
    signingIn ??= signIn().finally(() => (signingIn = undefined));
    return signingIn;
  };

  const attempt = async <T>(
    signal: AbortSignal,
    work: (client: KeycloakAdminClient) => Promise<T>,
    timeoutMs: number,
  ): Promise<T> => {
    signal.throwIfAborted();
    // The client's own `timeout` would replace our signal; read anew for every request, this one carries both.
    const requestOptions: RequestInit = {
      get signal() {
        return requestSignal(signal, timeoutMs);
      },
    };
    const client = new KeycloakAdminClient({ baseUrl: settings.url, realmName: settings.realm, requestOptions });
    client.registerTokenProvider({ getAccessToken: token });
    return work(client);
  };

  return {
    run: async (signal, work, timeoutMs = REQUEST_TIMEOUT_MS) => {
      const tokenBefore = login?.accessToken;
      try {
        return await attempt(signal, work, timeoutMs);
      } catch (error) {
        // 401: the token was revoked or this clock runs late. 403: it is older than the realm it should administer.
        const status = statusOf(error);
        if ((status !== 401 && status !== 403) || tokenBefore === undefined) throw error;
        if (login?.accessToken === tokenBefore) login = undefined;
        return attempt(signal, work, timeoutMs);
      }
    },
    forget: () => (login = undefined),
  };
}

function noToken(): Error {
  return failure('OutcomeUnknown', 'Keycloak answered the sign-in with something that is no token.');
}
