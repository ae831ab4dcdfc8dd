import type { ClientAuthentication, OidcEndpoints } from '../../contract/identity/sso';
import type { Network } from '../../contract/webhooks/addresses';
import type { SsoFinding, SsoProbe } from '../port/sso-probe';
import { problemOfAddress, requestJson } from './checked-request';
import { failedAt, passedAt } from './findings';

/** A code that no identity provider has given: it tells whether the client is known without anything being done. */
const NO_CODE = 'no-such-code';

/** Most characters of a foreign text in a message. */
const LONGEST_SHOWN = 200;

/** Where a client's answers would go; nothing is sent there. */
const NO_REDIRECT = 'https://invalid.example/';

/** Errors of RFC 6749 §5.2 and of its servers that mean that the client or its secret is wrong. */
const CLIENT_REFUSED = ['invalid_client', 'unauthorized_client'];

/**
 * Looks at OpenID providers.
 * Source: OpenID Connect Discovery 1.0 §4; RFC 6749 §2.3.1 and §5.2.
 */
export function oidcProbe(internal: readonly Network[]): Pick<SsoProbe, 'discover' | 'tryClient'> {
  return {
    discover: async (issuer, signal) => {
      const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
      const answer = await requestJson(url, { internal }, signal);
      const failed = (message: string) => ({ findings: [failedAt('discovery', message)] });
      if ('problem' in answer) return failed(`The issuer is not reachable: ${answer.problem}`);
      if (answer.status !== 200)
        return failed(
          `The issuer answers ${answer.status} to ${url}. Enter the issuer exactly as the identity provider shows it, without anything behind it.`,
        );
      const document = documentOf(answer.body);
      if (!document) return failed(`The issuer’s answer to ${url} is not a discovery document of OpenID Connect.`);
      if (document.issuer !== issuer)
        return failed(
          `The discovery document names another issuer: ${document.issuer.slice(0, LONGEST_SHOWN)}. Enter that one if it is right; a trailing slash matters.`,
        );
      const discovered = passedAt('discovery', 'The issuer’s discovery document was read and names this issuer.');
      const endpoints = endpointsOf(document);
      if (typeof endpoints === 'string') return { findings: [discovered, failedAt('endpoints', endpoints)] };
      const internalUrl = await problemOfAddress(endpoints.userInfoUrl, internal);
      if (internalUrl !== undefined)
        return {
          findings: [discovered, failedAt('endpoints', `The userinfo endpoint cannot be used: ${internalUrl}`)],
        };
      const reached = passedAt('endpoints', 'The discovery document has every endpoint that is needed.');
      return { endpoints, findings: [discovered, reached, await keysFinding(endpoints, internal, signal)] };
    },

    tryClient: async ({ endpoints, clientId, clientSecret }, signal) => {
      const { tokenUrl, clientAuthentication } = endpoints;
      const fields = { grant_type: 'authorization_code', code: NO_CODE, redirect_uri: NO_REDIRECT };
      const isBasic = clientAuthentication === 'client_secret_basic';
      const form = isBasic
        ? { fields, authorization: basic(clientId, clientSecret) }
        : { fields: { ...fields, client_id: clientId, client_secret: clientSecret } };
      const answer = await requestJson(tokenUrl, { internal, form }, signal);
      if ('problem' in answer) return failedAt('credentials', `The token endpoint is not reachable: ${answer.problem}`);
      const error = (answer.body as { error?: unknown } | undefined)?.error;
      if (answer.status === 401 || (typeof error === 'string' && CLIENT_REFUSED.includes(error)))
        return failedAt(
          'credentials',
          'The identity provider refuses the client id or its secret. Copy both again; a secret may have expired.',
        );
      // Any other complaint is about the code, which the client was allowed to present.
      if (answer.status === 400 && typeof error === 'string')
        return passedAt('credentials', 'The identity provider knows the client and accepts its secret.');
      return {
        check: 'credentials',
        outcome: 'unknown',
        message: `The token endpoint answers ${answer.status}, which says nothing about the client. Try to sign in.`,
      };
    },
  };
}

async function keysFinding(
  { jwksUrl }: OidcEndpoints,
  internal: readonly Network[],
  signal: AbortSignal,
): Promise<SsoFinding> {
  const answer = await requestJson(jwksUrl, { internal }, signal);
  if ('problem' in answer) return failedAt('keys', `The issuer’s keys are not reachable: ${answer.problem}`);
  const keys = (answer.body as { keys?: unknown } | undefined)?.keys;
  return Array.isArray(keys) && keys.length > 0
    ? passedAt('keys', 'The issuer publishes its keys.')
    : failedAt('keys', 'The issuer publishes no keys, so no login of it can be believed.');
}

type Document = Record<string, unknown> & { issuer: string };

function documentOf(body: unknown): Document | undefined {
  return typeof body === 'object' && body !== null && typeof (body as Document).issuer === 'string'
    ? (body as Document)
    : undefined;
}

/** The endpoints of a discovery document, or what is wrong with them. They must be encrypted if the issuer is. */
function endpointsOf(document: Document): OidcEndpoints | string {
  const isEncrypted = document.issuer.startsWith('https:');
  const wrong: string[] = [];
  const urlAt = (name: string): string | undefined => {
    const value = document[name];
    const isUrl = typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
    if (isUrl && (!isEncrypted || value.startsWith('https:'))) return value;
    if (value !== undefined) wrong.push(name);
    return undefined;
  };
  const [authorizationUrl, tokenUrl, jwksUrl] = ['authorization_endpoint', 'token_endpoint', 'jwks_uri'].map(urlAt);
  const [userInfoUrl, logoutUrl] = ['userinfo_endpoint', 'end_session_endpoint'].map(urlAt);
  if (wrong.length > 0) return `The discovery document has something other than an https URL as ${wrong.join(', ')}.`;
  if (authorizationUrl === undefined || tokenUrl === undefined || jwksUrl === undefined)
    return 'The discovery document lacks the authorization endpoint, the token endpoint or the keys.';
  const clientAuthentication = authenticationOf(document['token_endpoint_auth_methods_supported']);
  if (!clientAuthentication)
    return 'The identity provider takes neither client_secret_basic nor client_secret_post, which we have.';
  return { issuer: document.issuer, authorizationUrl, tokenUrl, jwksUrl, userInfoUrl, logoutUrl, clientAuthentication };
}

/** `client_secret_basic` is what a document without the member means. */
function authenticationOf(supported: unknown): ClientAuthentication | undefined {
  if (!Array.isArray(supported)) return 'client_secret_basic';
  return (['client_secret_basic', 'client_secret_post'] as const).find((method) => supported.includes(method));
}

/** Id and secret are form-encoded before they are joined: RFC 6749 §2.3.1. */
function basic(clientId: string, clientSecret: string): string {
  const encoded = [clientId, clientSecret].map((text) =>
    new URLSearchParams({ text }).toString().slice('text='.length),
  );
  return `Basic ${Buffer.from(encoded.join(':')).toString('base64')}`;
}
