import request from 'supertest';
import { expectProblem, startApiHarness, type ApiHarness } from '../../helpers/api';
import { createApiToken } from '../../../registry/credentials/api-tokens';
import type { Role } from '../../../api/access/roles';
import type { Route } from '../../../api/http/route';
import { hasPostgres } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('access over HTTP: not run, this machine has no PostgreSQL');

/** The route's path with ids that do not exist. */
function pathOf({ path }: Route): string {
  return path
    .replace('{operationId}', 'op_aaaaaaaaaaaaaaaaaaaa')
    .replace('{tenantId}', 'aaaaaaaaaaaaaaaa')
    .replace('{plan}', 'starter');
}

suite('access control', () => {
  let api: ApiHarness;

  beforeAll(async () => {
    api = await startApiHarness();
  });
  afterAll(() => api.stop());

  const send = (route: Route, token?: string) => {
    const test = request(api.app)[route.method](pathOf(route));
    return token === undefined ? test : test.auth(token, { type: 'bearer' });
  };

  test('without a token only public routes answer, and a token without roles opens no route that requires a role', async () => {
    const none = await api.token([], 'powerless');
    for (const route of api.routes) {
      const anonymous = await send(route);
      if (route.access !== 'public') {
        expectProblem(anonymous, 'unauthenticated');
        expect(anonymous.headers['www-authenticate']).toBe('Bearer');
      } else expect([401, 403]).not.toContain(anonymous.status);
      const powerless = await send(route, none);
      if (Array.isArray(route.access)) expectProblem(powerless, 'forbidden');
    }
  });

  test('a missing role is refused before the request is parsed', async () => {
    const reader = await api.as(['tenants:read']);
    const response = await reader.post('/v1/tenants?x=1').set('content-type', 'text/plain').send('{');
    expectProblem(response, 'forbidden');
  });

  test.each(['expired', 'revoked', 'never made', 'no token', 'with a role that does not exist'])(
    'a token that is %s opens nothing',
    async (how) => {
      const { pool } = api.registry;
      const expiresAt = new Date(Date.now() + (how === 'expired' ? -1000 : 60_000));
      const roles = how === 'with a role that does not exist' ? ['tenants:*'] : ['tenants:read'];
      const made = await createApiToken(pool, { name: 'old', roles, expiresAt });
      if (how === 'revoked')
        await pool.query(`update api_token set revoked_at = now() where token_id = $1`, [made.tokenId]);
      if (how === 'never made') await pool.query(`delete from api_token where token_id = $1`, [made.tokenId]);
      const token = how === 'no token' ? "' or 1=1 --" : made.token;
      const { status } = await request(api.app).get('/v1/tenants').set('authorization', `Bearer ${token}`);
      expect(status).toBe(how === 'with a role that does not exist' ? 403 : 401);
    },
  );

  test('another scheme, or a token in the URL, does not authenticate', async () => {
    const token = await api.token(['tenants:read']);
    expectProblem(await request(api.app).get('/v1/tenants').set('authorization', `Basic ${token}`), 'unauthenticated');
    expectProblem(await request(api.app).get(`/v1/tenants?token=${token}`), 'unauthenticated');
    expectProblem(await request(api.app).get('/v1/tenants').set('cookie', `codec_token=${token}`), 'unauthenticated');
  });

  test('a refusal says whether the token is missing, misplaced or no longer valid, and how to send one', async () => {
    const refused = async (authorization?: string) => {
      const asked = request(api.app).get('/v1/tenants');
      const answer = await (authorization === undefined ? asked : asked.set('authorization', authorization));
      return [answer.headers['www-authenticate'], expectProblem(answer, 'unauthenticated').detail];
    };
    const how = 'Send `Authorization: Bearer tp_…`';
    const says = (text: string) => expect.stringMatching(new RegExp(`^${text}.*${how}`)) as string;
    expect(await refused()).toEqual(['Bearer', says('The request carries no token')]);
    const invalid = 'Bearer error="invalid_token"';
    expect(await refused('Basic abc')).toEqual([invalid, says('The Authorization header holds no bearer token')]);
    expect(await refused('Bearer tp_0')).toEqual([invalid, says('The token is unknown, expired or revoked')]);
  });

  test('a caller can query its own name and roles', async () => {
    const token = await api.token(['tenants:order', 'tenants:read'], 'asker');
    expect((await (await api.as(token)).get('/v1/me')).body).toEqual({
      id: 'token:asker',
      name: 'asker',
      roles: ['tenants:order', 'tenants:read'],
    });
  });

  test('a token is stored as its hash and its last use is recorded', async () => {
    const token = await api.token(['tenants:read'], 'noted');
    await (await api.as(token)).get('/v1/tenants');
    const { rows } = await api.registry.pool.query<{ row: string; used: boolean }>(
      `select api_token::text as row, last_used_at is not null as used from api_token where name = 'noted'`,
    );
    expect(rows[0]).toMatchObject({ used: true });
    expect(rows[0]!.row).not.toContain(token.slice(12));
  });

  test('another authentication method works beside tokens', async () => {
    const principal = { id: 'oidc:ada', name: 'ada', roles: ['tenants:read'] satisfies Role[] as Role[] };
    const other = await startApiHarness({
      authenticate: (incoming) =>
        Promise.resolve(incoming.headers['x-test-identity'] === 'ada' ? principal : undefined),
    });
    try {
      const response = await request(other.app).get('/v1/tenants').set('x-test-identity', 'ada');
      expect(response.status).toBe(200);
      expect((await (await other.as(['tenants:read'])).get('/v1/tenants')).status).toBe(200);
    } finally {
      await other.stop();
    }
  });
});
