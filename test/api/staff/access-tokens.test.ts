import { createPublicKey } from 'node:crypto';
import { decodeJwt, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose';
import type { StaffLogin } from '../../../stack/staff';
import { stackEndpoints } from '../../stack';
import { startConsoleApi, type ConsoleApi } from './console-api';

const { postgres, keycloak } = stackEndpoints('postgres', 'keycloak');
const suite = postgres && keycloak?.staff ? describe : describe.skip;
if (!postgres || !keycloak?.staff) test.todo('access tokens of the issuer: not run, this machine has no Keycloak');

suite('an access token of the issuer', () => {
  let api: ConsoleApi;
  let ada: StaffLogin & { id: string };
  let tokens: { access_token: string; id_token: string; refresh_token: string };

  beforeAll(async () => {
    api = await startConsoleApi();
    ada = await api.person(['approver']);
    const { clientId, clientSecret } = api.settings;
    tokens = await grant({ client_id: clientId, client_secret: clientSecret });
  });
  afterAll(() => api?.stop());

  async function grant(client: Record<string, string>): Promise<typeof tokens> {
    const { username, password } = ada;
    const response = await fetch(`${api.settings.issuer}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', scope: 'openid', username, password, ...client }),
    });
    return (await response.json()) as typeof tokens;
  }
  const ask = (token: string, path = '/v1/me', init: RequestInit = {}): Promise<Response> =>
    fetch(`${api.url}${path}`, { ...init, headers: { authorization: `Bearer ${token}` } });

  test('authenticates the same person with the same roles as the console does', async () => {
    const answer = await ask(tokens.access_token);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { id: `user:${ada.username}`, name: 'Ada Lovelace', roles: ['tenants:read', 'approvals:decide'] },
    ]);
  });

  test('permits writes without the console’s header, because no browser sends it by itself', async () => {
    const answer = await ask(tokens.access_token, '/v1/operations/op_aaaaaaaaaaaaaaaaaaaa/approval', {
      method: 'POST',
    });
    expect([401, 403]).not.toContain(answer.status);
  });

  test('is no longer valid after it has expired', async () => {
    api.forward(600);
    try {
      expect((await ask(tokens.access_token)).status).toBe(401);
    } finally {
      api.forward(-600);
    }
  });

  test('is refused in place of what it is not: an ID token, a refresh token, a token for another audience', async () => {
    const other = await grant({ client_id: 'admin-cli' });
    expect(decodeJwt(other.access_token).iss).toBe(api.settings.issuer);
    for (const token of [tokens.id_token, tokens.refresh_token, other.access_token])
      expect((await ask(token)).status).toBe(401);
  });

  test('is refused if it is forged, unsigned, signed with the public key as a secret, or changed', async () => {
    const claims: JWTPayload = { ...decodeJwt(tokens.access_token), groups: ['admin'] };
    const { privateKey } = await generateKeyPair('ES256');
    const forged = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
    const [header = '', , signature = ''] = tokens.access_token.split('.');
    const kid = (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid;
    const known = await new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid }).sign(privateKey);
    const jwks = (await (await fetch(`${api.settings.issuer}/protocol/openid-connect/certs`)).json()) as {
      keys: (JWK & { kid: string })[];
    };
    const key = createPublicKey({ key: jwks.keys.find((each) => each.kid === kid)!, format: 'jwk' });
    const secret = Buffer.from(key.export({ type: 'spki', format: 'pem' }).toString());
    const confused = await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(secret);
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${part({ alg: 'none', kid })}.${part(claims)}.`;
    const changed = `${header}.${part(claims)}.${signature}`;
    for (const token of [forged, known, confused, unsigned, `${unsigned}AA`, changed])
      expect((await ask(token)).status).toBe(401);
  });

  test('of another issuer is refused without asking anyone', async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const token = await new SignJWT({ sub: 'x' })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer('https://evil.example')
      .setAudience('tenant-provisioner')
      .setExpirationTime('5m')
      .sign(privateKey);
    expect((await ask(token)).status).toBe(401);
  });
});

suite('an API without an audience for access tokens', () => {
  test('accepts none', async () => {
    const api = await startConsoleApi({ audience: undefined });
    try {
      const { username, password } = await api.person(['admin']);
      const { clientId: client_id, clientSecret: client_secret, issuer } = api.settings;
      const response = await fetch(`${issuer}/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'password', client_id, client_secret, username, password }),
      });
      const { access_token: token } = (await response.json()) as { access_token: string };
      expect(token).toMatch(/^eyJ/);
      const answer = await fetch(`${api.url}/v1/me`, { headers: { authorization: `Bearer ${token}` } });
      expect(answer.status).toBe(401);
    } finally {
      await api.stop();
    }
  });
});
