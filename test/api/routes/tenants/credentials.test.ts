import { randomBytes } from 'node:crypto';
import request, { type Response } from 'supertest';
import { credentialsSchema } from '../../../../contract/schemas/request-schemas';
import { storeApiKeys } from '../../../../registry/credentials/api-keys';
import { announce } from '../../../../registry/audit/append-once';
import { issueClaim } from '../../../../registry/credentials/claim-tokens';
import { forgetClaimedSecrets } from '../../../../registry/credentials/claims';
import { readSecret, storeSecret } from '../../../../registry/keys/secrets';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { addResource, placeOrder, putInState, type Ordered } from '../../../helpers/tenants/operations';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('credentials over HTTP: not run, this machine has no PostgreSQL');

suite('handing over the first credentials', () => {
  let api: ApiHarness;
  let orderer: Client;
  let operator: Client;

  beforeAll(async () => {
    api = await startApiHarness();
    orderer = await api.as(['tenants:order']);
    operator = await api.as(['operations:operate']);
  });
  afterAll(() => api.stop());
  beforeEach(() => void (api.runs.down = false));

  const newToken = (): string => randomBytes(32).toString('base64url');
  const claim = (tenantId: string, token: string, key?: string): Promise<Response> => {
    const test = request(api.app).post(`/v1/tenants/${tenantId}/credentials:claim`).send({ token });
    return key === undefined ? test : test.set('idempotency-key', key);
  };
  const minutesPass = (tenantId: string, minutes: number) =>
    api.registry.pool.query(
      `update claim set claimed_at = claimed_at - make_interval(mins => $2) where tenant_id = $1`,
      [tenantId, minutes],
    );

  async function activeTenant(): Promise<Ordered & { token: string }> {
    const { pool, keys } = api.registry;
    const ordered = await placeOrder(orderer);
    const { tenantId } = ordered;
    const facts = { adminAccessUrl: 'https://login.example/admin', username: `admin-t-${tenantId}` };
    await addResource(api, ordered, { kind: 'idp-admin-user', step: 'identity', facts });
    await storeSecret(pool, keys, { tenantId, kind: 'idp-admin-user', name: 'temporaryPassword' }, 'first-password');
    await storeSecret(pool, keys, { tenantId, kind: 'api-keys', name: 'default' }, `ak_key_of_${tenantId}`);
    await storeApiKeys(pool, tenantId, [{ name: 'default', scopes: [], key: `ak_key_of_${tenantId}` }]);
    await putInState(api, ordered, 'active');
    const token = newToken();
    await issueClaim(pool, tenantId, token);
    return { ...ordered, token };
  }

  test('the link’s token claims them once, without an API token', async () => {
    const { tenantId, token } = await activeTenant();
    const response = await claim(tenantId, token);
    expect(expectAnswer(response, 200, credentialsSchema)).toEqual({
      adminAccessUrl: 'https://login.example/admin',
      username: `admin-t-${tenantId}`,
      temporaryPassword: 'first-password',
      apiKeys: { default: `ak_key_of_${tenantId}` },
    });
    expect(response.headers['cache-control']).toBe('no-store');
    expectProblem(await claim(tenantId, token), 'claim-refused');
    const { rows } = await api.registry.pool.query(
      `select action from audit_entry where tenant_id = $1 and action like 'credentials%'`,
      [tenantId],
    );
    expect(rows).toEqual([{ action: 'credentials.claimed' }]);
  });

  test('of twenty simultaneous claims, one gets them', async () => {
    const { tenantId, token } = await activeTenant();
    const responses = await Promise.all(Array.from({ length: 20 }, () => claim(tenantId, token)));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, ...Array.from({ length: 19 }, () => 404)]);
  });

  test('the same idempotency key gets the same answer for ten minutes, and other keys do not', async () => {
    const { tenantId, token } = await activeTenant();
    const first = await claim(tenantId, token, 'key-1');
    expect((await claim(tenantId, token, 'key-1')).body).toEqual(expectAnswer(first, 200, credentialsSchema));
    expectProblem(await claim(tenantId, token, 'key-2'), 'claim-refused');
    expectProblem(await claim(tenantId, token), 'claim-refused');
    await minutesPass(tenantId, 11);
    expectProblem(await claim(tenantId, token, 'key-1'), 'claim-refused');
  });

  test('the ten minutes count from the first answer, however often it is repeated', async () => {
    const { tenantId, token } = await activeTenant();
    for (const minutes of [0, 6]) {
      await minutesPass(tenantId, minutes);
      expect((await claim(tenantId, token, 'key-1')).status).toBe(200);
    }
    await minutesPass(tenantId, 5);
    expectProblem(await claim(tenantId, token, 'key-1'), 'claim-refused');
    const { rows } = await api.registry.pool.query(
      `select 1 from audit_entry where tenant_id = $1 and action = 'credentials.claimed'`,
      [tenantId],
    );
    expect(rows).toHaveLength(1);
  });

  test('every invalid claim gets the same answer', async () => {
    const { tenantId, token } = await activeTenant();
    const pending = await placeOrder(orderer);
    await issueClaim(api.registry.pool, pending.tenantId, token);
    const expired = await activeTenant();
    await api.registry.pool.query(`update claim set expires_at = now() where tenant_id = $1`, [expired.tenantId]);
    const answers = [
      await claim(tenantId, newToken()),
      await claim('aaaaaaaaaaaaaaaa', token),
      await claim(pending.tenantId, token),
      await claim(expired.tenantId, expired.token),
    ].map((response) => {
      const problem = expectProblem(response, 'claim-refused');
      return { ...problem, requestId: '', instance: '' };
    });
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect((await claim(tenantId, token)).status).toBe(200);
  });

  test('a new link is valid and invalidates the old one', async () => {
    const { tenantId, token } = await activeTenant();
    const next = newToken();
    await issueClaim(api.registry.pool, tenantId, next);
    expectProblem(await claim(tenantId, token), 'claim-refused');
    expect((await claim(tenantId, next)).status).toBe(200);
  });

  test('claimed credentials are deleted after ten minutes, and newer ones stay', async () => {
    const { pool, keys } = api.registry;
    const { tenantId, token } = await activeTenant();
    const password = { tenantId, kind: 'idp-admin-user', name: 'temporaryPassword' };
    expect((await claim(tenantId, token)).status).toBe(200);
    await forgetClaimedSecrets(pool);
    expect(await readSecret(pool, keys, password)).toBe('first-password');
    await pool.query(`update secret set created_at = created_at - interval '1 hour' where tenant_id = $1`, [tenantId]);
    await minutesPass(tenantId, 11);
    await storeSecret(pool, keys, password, 'second-password');
    await forgetClaimedSecrets(pool);
    expect(await readSecret(pool, keys, password)).toBe('second-password');
    expect(await readSecret(pool, keys, { tenantId, kind: 'api-keys', name: 'default' })).toBeUndefined();
  });

  test('a claim that could not be answered stays valid', async () => {
    const { pool, keys } = api.registry;
    const { tenantId, token } = await activeTenant();
    const password = { tenantId, kind: 'idp-admin-user', name: 'temporaryPassword' };
    await pool.query(`delete from secret where tenant_id = $1 and kind = 'idp-admin-user'`, [tenantId]);
    expectProblem(await claim(tenantId, token), 'internal-error');
    await storeSecret(pool, keys, password, 'made-again');
    expect(expectAnswer(await claim(tenantId, token), 200, credentialsSchema).temporaryPassword).toBe('made-again');
  });

  test.each([{}, { token: 'short' }, { token: 7 }, { token: 'x'.repeat(43), more: 1 }])(
    'the body %j is refused',
    async (body) => {
      const response = await request(api.app).post('/v1/tenants/aaaaaaaaaaaaaaaa/credentials:claim').send(body);
      expectProblem(response, 'invalid-body');
    },
  );

  test('neither token nor credentials are in the log', async () => {
    const { tenantId, token } = await activeTenant();
    await claim(tenantId, token);
    const log = api.log.join('');
    expect(log).toContain('credentials:claim');
    expect(log).not.toMatch(new RegExp(`${token}|first-password|ak_key_of`));
  });

  test('an operator can have new ones sent; the answer contains no secret', async () => {
    const { tenantId } = await activeTenant();
    const response = await operator.post(`/v1/tenants/${tenantId}/credentials:reissue`);
    expect({ status: response.status, body: response.body as unknown }).toEqual({
      status: 202,
      body: { tenantId, status: 'reissuing' },
    });
    expect(api.runs.reissues).toContainEqual({ tenantId, requestedBy: 'token:operations-operate' });
  });

  test('a reissue request is in the trail before the workflow starts, and once until the reissue has begun', async () => {
    const { tenantId, operationId } = await activeTenant();
    const audited = async (): Promise<string[]> => {
      const { rows } = await api.registry.pool.query<{ action: string }>(
        `select action from audit_entry where tenant_id = $1 and action like 'credentials.%' order by sequence`,
        [tenantId],
      );
      return rows.map(({ action }) => action);
    };
    const ask = () => operator.post(`/v1/tenants/${tenantId}/credentials:reissue`);
    api.runs.down = true;
    for (let n = 0; n < 2; n += 1) expectProblem(await ask(), 'temporal-unavailable');
    expect(await audited()).toEqual(['credentials.reissue-requested']);
    api.runs.down = false;
    expect((await ask()).status).toBe(202);
    expect(await audited()).toEqual(['credentials.reissue-requested']);
    const begun = { tenantId, operationId, actor: 'token:operations-operate', detail: {} };
    await announce(api.registry.pool, { ...begun, action: 'credentials.reissue-begun' });
    expect((await ask()).status).toBe(202);
    expect(await audited()).toEqual([
      'credentials.reissue-requested',
      'credentials.reissue-begun',
      'credentials.reissue-requested',
    ]);
  });

  test('nothing is reissued for a missing or inactive tenant, or while Temporal is down', async () => {
    const pending = await placeOrder(orderer);
    expectProblem(await operator.post(`/v1/tenants/${pending.tenantId}/credentials:reissue`), 'state-conflict');
    expectProblem(await operator.post('/v1/tenants/aaaaaaaaaaaaaaaa/credentials:reissue'), 'not-found');
    const { tenantId } = await activeTenant();
    api.runs.down = true;
    expectProblem(await operator.post(`/v1/tenants/${tenantId}/credentials:reissue`), 'temporal-unavailable');
  });
});

suite('guessing claim tokens', () => {
  test('is rate-limited per tenant and per address', async () => {
    const api = await startApiHarness({ rateLimit: { perMinute: 1000, claimsPerMinute: 3 } });
    try {
      const guess = () =>
        request(api.app)
          .post('/v1/tenants/aaaaaaaaaaaaaaaa/credentials:claim')
          .send({ token: randomBytes(32).toString('base64url') });
      for (let n = 0; n < 3; n++) expectProblem(await guess(), 'claim-refused');
      const response = await guess();
      expectProblem(response, 'too-many-requests');
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    } finally {
      await api.stop();
    }
  });
});
