import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { pino } from 'pino';
import request from 'supertest';
import { createApp } from '../../../api/app';
import { IdentityProvider } from '../../../api/staff/identity-provider';
import type { StaffSettings } from '../../../api/staff/settings';
import { createKeys } from '../../../providers/keys/keys';
import { freePort } from '../../../stack/processes/ports';
import { apiDependencies, expectProblem, RecordingRuns } from '../../helpers/api';
import { testRing } from '../../helpers/registry';

/** An API without a registry: nothing here asks for it. */
function apiWith(issuer: string | undefined) {
  const settings: StaffSettings = {
    issuer: issuer ?? '',
    clientId: 'console',
    clientSecret: 'secret',
    scopes: 'openid profile',
    groupsClaim: 'groups',
    usernameClaim: 'preferred_username',
    audience: 'tenant-provisioner',
    roles: new Map(),
    idleSeconds: 1800,
    absoluteSeconds: 36_000,
    recheckSeconds: 300,
  };
  const unused = apiDependencies({ pool: new Pool(), keys: createKeys(testRing(), []) }, new RecordingRuns());
  return createApp({ ...unused, staff: issuer === undefined ? undefined : settings });
}

async function issuerAt(port: number): Promise<Server> {
  const server = createServer((_request, response) => {
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        issuer,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        code_challenge_methods_supported: ['S256'],
      }),
    );
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

test('an issuer that is down is asked again by the next sign-in', async () => {
  const port = await freePort();
  const app = apiWith(`http://127.0.0.1:${port}`);
  const refused = expectProblem(await request(app).get('/console/sign-in'), 'identity-provider-unavailable');
  expect(refused.detail).toMatch(/Try again in a minute/);
  const issuer = await issuerAt(port);
  try {
    const { status, headers } = await request(app).get('/console/sign-in');
    expect(status).toBe(302);
    const { origin, searchParams } = new URL(headers['location']!);
    expect(origin).toBe(`http://127.0.0.1:${port}`);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'console',
      response_type: 'code',
      redirect_uri: 'http://provisioner.example/console/callback',
      scope: 'openid profile',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
  } finally {
    issuer.close();
    issuer.closeAllConnections();
  }
});

test('nobody is sent to an issuer that has been discovered and then hangs, or that answers with an error of its own', async () => {
  const port = await freePort();
  const issuer = await issuerAt(port);
  const settings = { issuer: `http://127.0.0.1:${port}`, clientId: 'console', clientSecret: 'x', scopes: 'openid' };
  const provider = new IdentityProvider(settings, pino({ enabled: false }), { answerMs: 200, believedMs: 0 });
  const attempt = { state: 's', nonce: 'n', verifier: 'v', returnTo: '/' };
  const signIn = (): Promise<string> => provider.signInUrl(attempt, 'http://provisioner.example/console/callback');
  try {
    expect(await signIn()).toContain(`http://127.0.0.1:${port}/auth`);
    issuer.removeAllListeners('request');
    await expect(signIn()).rejects.toMatchObject({ type: 'identity-provider-unavailable' });
    issuer.on('request', (_request, response) => response.writeHead(503).end());
    await expect(signIn()).rejects.toMatchObject({ type: 'identity-provider-unavailable' });
    issuer.removeAllListeners('request').on('request', (_request, response) => response.end('{}'));
    expect(await signIn()).toContain('/auth');
  } finally {
    issuer.close();
    issuer.closeAllConnections();
  }
});

test('a browser is shown a page with the way on instead of a problem', async () => {
  const answer = await request(apiWith(`http://127.0.0.1:${await freePort()}`))
    .get('/console/sign-in')
    .accept('text/html');
  expect([answer.status, answer.type, answer.headers['retry-after']]).toEqual([503, 'text/html', '30']);
  expect(answer.text).toMatch(/a sign-in is not possible now[\s\S]*<a href="sign-in">/);
  expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
});

test.each([
  ['get', '/console/session'],
  ['get', '/console/sign-in'],
  ['get', '/console/callback'],
  ['post', '/console/sign-out'],
  ['post', '/console/backchannel-logout'],
] as const)('without an issuer, %s %s says what to configure', async (method, path) => {
  const problem = expectProblem(await request(apiWith(undefined))[method](path), 'sign-in-off');
  expect(problem.detail).toMatch(/STAFF_OIDC_ISSUER.*STAFF_ROLES/);
});

test('a token that claims to be the issuer’s cannot be checked while the issuer is down, which is said', async () => {
  const issuer = `http://127.0.0.1:${await freePort()}`;
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'RS256' })}.${part({ iss: issuer })}.x`;
  const answer = await request(apiWith(issuer)).get('/v1/me').auth(token, { type: 'bearer' });
  expectProblem(answer, 'identity-provider-unavailable');
});
