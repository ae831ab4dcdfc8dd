import { startCannedServer, type CannedAnswer } from '../helpers/providers/canned-server';

/** A company's identity provider, as far as the product looks at it before it connects it: every client and every secret is right. */
export interface Company {
  issuer: string;
  close(): Promise<void>;
}

/** What tells a company's connection from another one of the same tenant. */
export interface Connection {
  clientId: string;
  domain: string;
  /** Value of the claim in its only rule. */
  team: string;
}

/** The connections between which a change of single sign-on leads; `before` is missing if there was none. */
export interface ConnectionChange {
  wanted: Connection;
  before?: Connection;
}

/** Starts one on a free port of loopback. */
export async function startCompany(): Promise<Company> {
  const server = await startCannedServer();
  const issuer = server.url;
  const discovery = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
  };
  const answers: Record<string, CannedAnswer> = {
    '/.well-known/openid-configuration': json(200, discovery),
    '/keys': json(200, { keys: [{ kty: 'RSA', kid: 'company-1', n: 'AQAB', e: 'AQAB' }] }),
    // The client is known, and only the code is wrong that the product has made up.
    '/token': json(400, { error: 'invalid_grant' }),
  };
  server.script = ({ path }) => answers[path] ?? json(404, {});
  return { issuer, close: () => server.close() };
}

function json(status: number, body: object): CannedAnswer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}
