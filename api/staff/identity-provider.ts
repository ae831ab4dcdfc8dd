import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import * as oidc from 'openid-client';
import type { Logger } from 'pino';
import { causeOf } from '../http/log';
import { ApiProblem } from '../http/problems';
import type { SignInAttempt } from './attempt';
import type { Claims } from './person';
import type { StaffSettings } from './settings';

/** Seconds that the issuer has for one answer. */
const TIMEOUT_SECONDS = 5;

/** Seconds by which the clocks of issuer and API may differ. */
export const CLOCK_TOLERANCE_SECONDS = 30;

/** Codes of `openid-client` for an answer that did not come, or not from the issuer itself. */
const NO_ANSWER = /^OAUTH_(?:TIMEOUT|ABORT|RESPONSE_IS_NOT_CONFORM|RESPONSE_IS_NOT_JSON|PARSE_ERROR)$/;

/** What the issuer hands out for a person. */
export interface IssuedTokens {
  idToken: string;
  /** Absent if the issuer gives none for the configured scopes. */
  refreshToken?: string | undefined;
}

/** A person that the issuer vouches for. */
export interface Vouched {
  claims: Claims;
  tokens: IssuedTokens;
}

/** The issuer, as OpenID Connect Discovery 1.0 describes it. It is asked when it is first needed, so that the API starts without it. */
export class IdentityProvider {
  #configuration: Promise<oidc.Configuration> | undefined;
  #keys: JWTVerifyGetKey | undefined;
  #answering: { since: number; answer: Promise<void> } | undefined;

  constructor(
    readonly settings: Pick<StaffSettings, 'issuer' | 'clientId' | 'clientSecret' | 'scopes'>,
    readonly logger: Logger,
    readonly waits = { answerMs: 3_000, believedMs: 10_000 },
  ) {}

  /** Where a browser signs in: authorization code with PKCE (RFC 7636), state and nonce. Throws while the issuer does not answer. */
  async signInUrl(attempt: SignInAttempt, redirectUri: string): Promise<string> {
    const configuration = await this.#discovered();
    await this.#answers();
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: this.settings.scopes,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(attempt.verifier),
      code_challenge_method: 'S256',
    });
    return url.href;
  }

  /** Exchanges the code in the callback's URL. Throws `sign-in-failed` if the issuer or a check refuses it. */
  async exchange(callback: URL, { state, nonce, verifier }: SignInAttempt): Promise<Vouched> {
    const configuration = await this.#discovered();
    try {
      const tokens = await oidc.authorizationCodeGrant(configuration, callback, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      return { claims: tokens.claims()!, tokens: { idToken: tokens.id_token!, refreshToken: tokens.refresh_token } };
    } catch (error) {
      throw this.#refusalOf(error);
    }
  }

  /**
   * What the issuer says of a person now: `ended` if it no longer vouches for it; without `claims` if it does not say, and without
   * `tokens` as well if it cannot be asked.
   */
  async refresh(tokens: IssuedTokens & { refreshToken: string }): Promise<Partial<Vouched> | 'ended'> {
    try {
      const renewed = await oidc.refreshTokenGrant(await this.#discovered(), tokens.refreshToken);
      const kept = {
        idToken: renewed.id_token ?? tokens.idToken,
        refreshToken: renewed.refresh_token ?? tokens.refreshToken,
      };
      const claims = renewed.claims();
      return claims ? { claims, tokens: kept } : { tokens: kept };
    } catch (error) {
      if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant') return 'ended';
      this.logger.warn({ cause: causeOf(error) }, 'a signed-in person could not be checked at the identity provider');
      return {};
    }
  }

  /** Where a browser ends the issuer's own session (OpenID Connect RP-Initiated Logout 1.0); undefined if the issuer cannot do that now. */
  async signOutUrl(idToken: string, returnTo: string): Promise<string | undefined> {
    try {
      const configuration = await this.#discovered();
      return oidc.buildEndSessionUrl(configuration, { id_token_hint: idToken, post_logout_redirect_uri: returnTo })
        .href;
    } catch {
      return undefined;
    }
  }

  /** The issuer's exact name and its public keys, which are cached. */
  async verification(): Promise<{ issuer: string; keys: JWTVerifyGetKey }> {
    const { issuer, jwks_uri: address } = (await this.#discovered()).serverMetadata();
    if (address === undefined) throw unavailable();
    this.#keys ??= createRemoteJWKSet(new URL(address), { timeoutDuration: TIMEOUT_SECONDS * 1000 });
    return { issuer, keys: this.#keys };
  }

  /** Discovers the issuer once; all who wait share one request, and after a failure the next one asks again. */
  async #discovered(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.settings;
    const discovery = (this.#configuration ??= oidc.discovery(
      new URL(issuer),
      clientId,
      { [oidc.clockTolerance]: CLOCK_TOLERANCE_SECONDS },
      oidc.ClientSecretBasic(clientSecret),
      {
        timeout: TIMEOUT_SECONDS,
        // ID tokens come straight from the issuer; their signature is checked all the same. Plain HTTP is for this machine only: config/staff.ts.
        execute: [oidc.enableNonRepudiationChecks, ...(issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [])],
      },
    ));
    try {
      return await discovery;
    } catch (error) {
      // Another request may be asking again already.
      if (this.#configuration === discovery) this.#configuration = undefined;
      this.logger.warn({ cause: causeOf(error) }, 'the identity provider could not be discovered');
      throw unavailable();
    }
  }

  /**
   * Rejects while the issuer does not answer, also if it has been discovered before: a browser that is sent to an issuer that hangs shows an
   * empty page for minutes. One answer is believed for some seconds, by all who ask.
   */
  async #answers(): Promise<void> {
    const { answerMs, believedMs } = this.waits;
    if (!this.#answering || Date.now() - this.#answering.since > believedMs)
      this.#answering = { since: Date.now(), answer: this.#ask(answerMs) };
    const { answer } = this.#answering;
    try {
      await answer;
    } catch (error) {
      // Another request may be asking again already.
      if (this.#answering?.answer === answer) this.#answering = undefined;
      this.logger.warn({ cause: causeOf(error) }, 'the identity provider does not answer');
      throw unavailable();
    }
  }

  async #ask(answerMs: number): Promise<void> {
    const address = `${this.settings.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    const { status, body } = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(answerMs) });
    await body?.cancel();
    if (status >= 500) throw new Error(`it answers ${status}`);
  }

  #refusalOf(error: unknown): ApiProblem {
    if (error instanceof oidc.AuthorizationResponseError)
      return failed(
        error.error === 'access_denied'
          ? 'You have cancelled it, or may not use the console.'
          : 'The login was refused.',
      );
    this.logger.warn({ cause: causeOf(error) }, 'a sign-in failed');
    if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_client')
      return failed(
        'The identity provider refuses this API’s client. An administrator must check STAFF_OIDC_CLIENT_ID and its secret.',
      );
    if (error instanceof oidc.ResponseBodyError)
      return failed('The answer of the login was used before or has expired.');
    if (error instanceof oidc.ClientError && !NO_ANSWER.test(error.code ?? ''))
      return failed('The answer of the login does not belong to this sign-in.');
    return unavailable();
  }
}

/** A sign-in that has to be begun again. */
export function failed(why: string): ApiProblem {
  return new ApiProblem('sign-in-failed', { detail: `You are not signed in. ${why} Sign in again.` });
}

/** The issuer gives no usable answer. */
export function unavailable(): ApiProblem {
  return new ApiProblem('identity-provider-unavailable', {
    detail:
      'The identity provider gives no usable answer, so a sign-in is not possible now. Try again in a minute. Open sessions continue, and API tokens work.',
    headers: { 'retry-after': '30' },
  });
}
