import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSsoProbe } from '../../../providers/sso/sso-probe';
import { parseNetwork } from '../../../contract/webhooks/addresses';

/** An identity provider that answers what a test tells it to. */
interface Issuer {
  url: string;
  answers: Record<string, { status?: number; body?: unknown }>;
  posted: { authorization: string | undefined; body: string }[];
  server: Server;
}

async function startIssuer(): Promise<Issuer> {
  const posted: Issuer['posted'] = [];
  const answers: Issuer['answers'] = {};
  const server = createServer((request: IncomingMessage, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.method === 'POST') posted.push({ authorization: request.headers.authorization, body });
      const answer = answers[request.url!] ?? { status: 404, body: {} };
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
      response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, answers, posted, server };
}

describe('looks at a customer’s identity provider', () => {
  const loopback = [parseNetwork('127.0.0.1/32')!];
  const CONFIGURATION = '/.well-known/openid-configuration';
  let issuer: Issuer;
  let document: Record<string, unknown>;
  beforeEach(async () => {
    issuer = await startIssuer();
    document = {
      issuer: issuer.url,
      authorization_endpoint: `${issuer.url}/auth`,
      token_endpoint: `${issuer.url}/token`,
      jwks_uri: `${issuer.url}/keys`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    };
    issuer.answers[CONFIGURATION] = { body: document };
    issuer.answers['/keys'] = { body: { keys: [{ kty: 'RSA' }] } };
  });
  afterEach(() => {
    issuer.server.closeAllConnections();
    return new Promise((resolve) => issuer.server.close(resolve));
  });

  const probe = (internalNetworks = loopback) => createSsoProbe({ internalNetworks });
  const discover = (of = issuer.url, by = probe()) => by.discover(of, AbortSignal.timeout(30_000));
  const wrongs = async (of?: string) =>
    (await discover(of)).findings.filter(({ outcome }) => outcome === 'failed').map(({ message }) => message);
  const tryClient = async (
    clientAuthentication: 'client_secret_basic' | 'client_secret_post' = 'client_secret_basic',
  ) => {
    const { endpoints } = await discover();
    const connection = { endpoints: { ...endpoints!, clientAuthentication }, clientId: 'us', clientSecret: 's:ecret+' };
    return probe().tryClient(connection, AbortSignal.timeout(30_000));
  };

  test('a complete issuer gives its endpoints, and the way in which its clients authenticate', async () => {
    const { endpoints, findings } = await discover();
    expect(endpoints).toMatchObject({
      issuer: issuer.url,
      tokenUrl: `${issuer.url}/token`,
      clientAuthentication: 'client_secret_post',
    });
    expect(findings.map(({ check, outcome }) => [check, outcome])).toEqual([
      ['discovery', 'passed'],
      ['endpoints', 'passed'],
      ['keys', 'passed'],
    ]);
  });

  test('an address that is not public is not contacted', async () => {
    const { endpoints, findings } = await discover(issuer.url, probe([]));
    expect(endpoints).toBeUndefined();
    expect(findings).toMatchObject([{ outcome: 'failed', message: expect.stringContaining('not public') }]);
  });

  test.each<[string, () => void, string]>([
    ['is not there', () => void (issuer.answers[CONFIGURATION] = { status: 404, body: {} }), 'answers 404'],
    ['is a page', () => void (issuer.answers[CONFIGURATION] = { body: '<html>' }), 'not a discovery document'],
    ['names another issuer', () => void (document['issuer'] = 'https://other.example'), 'https://other.example'],
    ['lacks an endpoint', () => void delete document['token_endpoint'], 'lacks'],
    ['has a file as an endpoint', () => void (document['jwks_uri'] = 'file:///etc/passwd'), 'jwks_uri'],
    [
      'takes no secret',
      () => void (document['token_endpoint_auth_methods_supported'] = ['private_key_jwt']),
      'client_secret_basic',
    ],
    [
      'has a host without an address',
      () => void (document['userinfo_endpoint'] = 'http://nowhere.invalid/'),
      'userinfo',
    ],
    ['has no keys', () => void (issuer.answers['/keys'] = { body: { keys: [] } }), 'no keys'],
  ])('a discovery document that %s is described in words', async (_, change, words) => {
    change();
    expect((await wrongs()).join()).toContain(words);
  });

  test('an issuer that does not listen is not reachable', async () => {
    const { url } = issuer;
    expect((await wrongs(url.replace(/\d+$/, '1'))).join()).toContain('The connection was refused.');
  });

  test('a wrong secret is told from a right one without signing in', async () => {
    issuer.answers['/token'] = { status: 401, body: { error: 'invalid_client' } };
    expect(await tryClient()).toMatchObject({ check: 'credentials', outcome: 'failed' });
    issuer.answers['/token'] = { status: 400, body: { error: 'unauthorized_client' } };
    expect(await tryClient()).toMatchObject({ outcome: 'failed' });
    issuer.answers['/token'] = { status: 400, body: { error: 'invalid_grant' } };
    expect(await tryClient()).toMatchObject({ outcome: 'passed' });
    issuer.answers['/token'] = { status: 500, body: {} };
    expect(await tryClient()).toMatchObject({ outcome: 'unknown' });
  });

  test('id and secret are sent as RFC 6749 has it, in the header or in the body', async () => {
    issuer.answers['/token'] = { status: 400, body: { error: 'invalid_grant' } };
    await tryClient('client_secret_basic');
    await tryClient('client_secret_post');
    const [inHeader, inBody] = issuer.posted;
    expect(Buffer.from(inHeader!.authorization!.slice('Basic '.length), 'base64').toString()).toBe('us:s%3Aecret%2B');
    expect(inHeader!.body).not.toContain('client_secret');
    expect(inBody!.authorization).toBeUndefined();
    expect(new URLSearchParams(inBody!.body).get('client_secret')).toBe('s:ecret+');
  });

  test('no finding contains the secret', async () => {
    issuer.answers['/token'] = { status: 401, body: { error: 'invalid_client', error_description: 's:ecret+' } };
    expect(JSON.stringify(await tryClient())).not.toContain('ecret+');
  });
});
