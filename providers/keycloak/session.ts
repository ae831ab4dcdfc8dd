import KeycloakAdminClient from '@keycloak/keycloak-admin-client';
import { failure } from '../port/failures';
import { requestSignal } from '../port/request-signal';
import { tracedCall } from '../port/traced-call';
import { statusOf } from './answers';
import { classifyKeycloak } from './classify';
import type { KeycloakSettings } from './settings';
import { withTracedCalls } from './traced-client';

/** Time limit for one request in milliseconds; far below an activity's 60 s, so that no late success outlives the attempt. */
const REQUEST_TIMEOUT_MS = 10_000;

/** A signed-in connection to the tenants' realm. */
export interface Session {
  /**
   * Runs `work` with an admin client whose requests abort with `signal`, and each after `timeoutMs` (default 10 s). Nothing is retried,
   * except that after a refused token `work` runs once more with a new one, so it must be safe to repeat. Throws the client's errors.
   */
  run<T>(signal: AbortSignal, work: (client: KeycloakAdminClient) => Promise<T>, timeoutMs?: number): Promise<T>;
  /** Drops the token, so that the next `run` signs in again. */
  forget(): void;
}

/** Creates a session; it sends nothing before its first `run`. */
export function createSession(settings: KeycloakSettings): Session {
  let login: KeycloakAdminClient | undefined;
  let signingIn: Promise<string> | undefined;

  // Activities share one short-lived token, so its request must not be aborted with the activity that happened to need it first.
  const signIn = async (): Promise<string> => {
    const fresh = new KeycloakAdminClient({ baseUrl: settings.url, realmName: 'master', timeout: REQUEST_TIMEOUT_MS });
    const { clientId, clientSecret } = settings;
    try {
      await tracedCall({ provider: 'keycloak', operation: 'auth' }, () =>
        fresh.auth({ grantType: 'client_credentials', clientId, clientSecret }),
      );
    } catch (error) {
      // The client fails in arbitrary ways on a successful answer without a token.
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
    // The client's own `timeout` option would replace our signal. This getter is read for each request and combines signal and timeout.
    const requestOptions: RequestInit = {
      get signal() {
        return requestSignal(signal, timeoutMs);
      },
    };
    const client = new KeycloakAdminClient({ baseUrl: settings.url, realmName: settings.realm, requestOptions });
    client.registerTokenProvider({ getAccessToken: token });
    return work(withTracedCalls(client));
  };

  return {
    run: async (signal, work, timeoutMs = REQUEST_TIMEOUT_MS) => {
      const tokenBefore = login?.accessToken;
      try {
        return await attempt(signal, work, timeoutMs);
      } catch (error) {
        // 401: the token was revoked, or our clock is slow. 403: the token is older than the realm, so it lacks the rights on it.
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
  return failure('OutcomeUnknown', 'Keycloak answered the sign-in without a valid token.');
}
