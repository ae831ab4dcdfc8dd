import { rolesSchema, tokenPageSchema } from '../../../../contract/schemas/platform/access-schema';
import { createApiToken, revokeApiToken } from '../../../../registry/credentials/api-tokens';
import { ALL_ROLES, expectAnswer, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('tokens and roles over HTTP: not run, this machine has no PostgreSQL');

suite('tokens and roles', () => {
  let api: ApiHarness;
  let operator: Client;
  beforeAll(async () => {
    api = await startApiHarness({ staffRoles: { viewer: ['tenants:read'], operator: ['operations:operate'] } });
    operator = await api.as(['operations:operate']);
  });
  afterAll(() => api.stop());

  const page = async (query = '') => expectAnswer(await operator.get(`/v1/tokens${query}`), 200, tokenPageSchema);

  test('tokens are listed with their state, and never as they are sent', async () => {
    const { pool } = api.registry;
    const make = (name: string, seconds: number) =>
      createApiToken(pool, { name, roles: ['tenants:read'], expiresAt: new Date(Date.now() + seconds * 1000) });
    const [valid, expired, revoked] = [
      await make('valid', 3600),
      await make('expired', -1),
      await make('revoked', 3600),
    ];
    await revokeApiToken(pool, revoked.tokenId);
    const answer = await operator.get('/v1/tokens');
    const { items } = expectAnswer(answer, 200, tokenPageSchema);
    const states = Object.fromEntries(items.map(({ tokenId, state }) => [tokenId, state]));
    expect(states).toMatchObject({
      [valid.tokenId]: 'valid',
      [expired.tokenId]: 'expired',
      [revoked.tokenId]: 'revoked',
    });
    for (const { token } of [valid, expired, revoked]) expect(answer.text).not.toContain(token.slice(-43));
  });

  test('pages of tokens neither repeat nor leave out any', async () => {
    const all = (await page()).items.map(({ tokenId }) => tokenId);
    const paged: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const { items, nextCursor } = await page(`?limit=1${cursor === '' ? '' : `&cursor=${cursor}`}`);
      paged.push(...items.map(({ tokenId }) => tokenId));
      cursor = nextCursor;
    }
    expect(paged).toEqual(all);
    expect(new Set(all).size).toBe(all.length);
  });

  test('every role is explained, with the groups of the staff that have it', async () => {
    const { items } = expectAnswer(await operator.get('/v1/roles'), 200, rolesSchema);
    expect(items.map(({ role }) => role)).toEqual(ALL_ROLES);
    const groups = Object.fromEntries(items.map((item) => [item.role, item.groups]));
    expect(groups).toMatchObject({
      'tenants:read': ['viewer'],
      'operations:operate': ['operator'],
      'keys:destroy': [],
    });
  });
});
