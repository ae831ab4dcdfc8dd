import type { Response } from 'supertest';
import { createApiKeyUse } from '../../../../api/access/api-key-use';
import {
  apiKeyCreatedSchema,
  apiKeyRevokedSchema,
  apiKeyRotatedSchema,
  apiKeysSchema,
  apiKeyVerifiedSchema,
} from '../../../../contract/schemas/tenants/api-key-schema';
import { newApiKey, storeApiKeys } from '../../../../registry/credentials/api-keys';
import { beginningOf } from '../../../../registry/credentials/secrets';
import { issueClaim } from '../../../../registry/credentials/claim-tokens';
import { acceptTenant, activeTenant } from '../../../helpers/tenants/accepted';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { hasPostgres } from '../../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('API keys over HTTP: not run, this machine has no PostgreSQL');

suite('API keys of a tenant', () => {
  let api: ApiHarness;
  let manager: Client;
  let application: Client;
  const used: string[] = [];
  beforeAll(async () => {
    api = await startApiHarness({
      apiKeyUse: { note: (keyId) => void used.push(keyId), flush: () => Promise.resolve() },
    });
    manager = await api.as(['api-keys:manage']);
    application = await api.as(['api-keys:verify']);
  });
  afterAll(() => api.stop());
  beforeEach(() => void (used.length = 0));

  const store = async (tenantId: string, name = 'default', key = newApiKey()): Promise<string> => {
    await storeApiKeys(api.registry.pool, tenantId, [{ name, scopes: ['data:read'], key }]);
    return key;
  };
  /** Makes an active tenant with a key, and claims its first credentials. */
  const tenantWithKey = async (): Promise<{ tenantId: string; key: string }> => {
    const { tenantId } = await activeTenant(api.registry);
    return { tenantId, key: await store(tenantId) };
  };
  const verify = (key: string) => application.post('/v1/api-keys:verify', { key });
  const isValid = async (key: string): Promise<boolean> =>
    expectAnswer(await verify(key), 200, apiKeyVerifiedSchema).valid;
  const rotate = async (tenantId: string, body?: object) =>
    expectAnswer(await manager.post(`/v1/tenants/${tenantId}/api-keys/default:rotate`, body), 200, apiKeyRotatedSchema);
  const hoursPass = (tenantId: string, hours: number) =>
    api.registry.pool.query(
      'update api_key set expires_at = expires_at - make_interval(hours => $2) where tenant_id = $1',
      [tenantId, hours],
    );
  const listed = async (tenantId: string) =>
    expectAnswer(await manager.get(`/v1/tenants/${tenantId}/api-keys`), 200, apiKeysSchema).apiKeys;

  test('are created beside those of the order, with scopes of the plan, and are valid at once', async () => {
    const { tenantId } = await tenantWithKey();
    const create = (body: object) => manager.post(`/v1/tenants/${tenantId}/api-keys`, body);
    const wanted = { name: 'warehouse', scopes: ['records:read'], expiresInDays: 30 };
    const answer = await create(wanted);
    const { key, expiresAt } = expectAnswer(answer, 201, apiKeyCreatedSchema);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect((await verify(key)).body).toMatchObject({
      valid: true,
      tenantId,
      name: 'warehouse',
      scopes: ['records:read'],
    });
    expect(Date.parse(expiresAt!)).toBeGreaterThan(Date.now() + 29 * 86_400_000);
    expectProblem(await create(wanted), 'state-conflict');
    const foreign = expectProblem(
      await create({ name: 'other', scopes: ['records:read', 'audit:read'] }),
      'invalid-body',
    );
    expect(foreign.errors).toMatchObject([{ pointer: '/scopes/1' }]);
    expect((await listed(tenantId)).map(({ name }) => name)).toEqual(['default', 'warehouse']);
  });

  test('with a revoked name are not rotated, but can be created again', async () => {
    const { tenantId, key } = await tenantWithKey();
    await manager.post(`/v1/tenants/${tenantId}/api-keys/default:revoke`);
    const refused = expectProblem(
      await manager.post(`/v1/tenants/${tenantId}/api-keys/default:rotate`),
      'state-conflict',
    );
    expect(refused.detail).toContain('was revoked');
    const body = { name: 'default', scopes: ['records:read'] };
    const created = await manager.post(`/v1/tenants/${tenantId}/api-keys`, body);
    expect(await isValid(expectAnswer(created, 201, apiKeyCreatedSchema).key)).toBe(true);
    expect(await isValid(key)).toBe(false);
    expect((await listed(tenantId)).map(({ state }) => state)).toEqual(['current', 'revoked']);
  });

  test('with one name are created once by simultaneous requests', async () => {
    const { tenantId } = await tenantWithKey();
    const body = { name: 'race', scopes: ['records:read'] };
    const answers = await Promise.all([1, 2, 3, 4].map(() => manager.post(`/v1/tenants/${tenantId}/api-keys`, body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
  });

  test('are verified with tenant, name and scopes', async () => {
    const { tenantId, key } = await tenantWithKey();
    const answer = await verify(key);
    expect(answer.body).toEqual({ valid: true, tenantId, name: 'default', scopes: ['data:read'], access: 'open' });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(used).toHaveLength(1);
  });

  test('that are invalid all get the same answer', async () => {
    const { tenantId, key } = await tenantWithKey();
    const { tenantId: pending } = await acceptTenant(api.registry);
    const [revoked, expired, unfinished] = [
      await store(tenantId, 'revoked'),
      await store(tenantId, 'expired'),
      await store(pending),
    ];
    await manager.post(`/v1/tenants/${tenantId}/api-keys/revoked:revoke`);
    await api.registry.pool.query(`update api_key set expires_at = now() where name = 'expired'`);
    const otherSecret = key.slice(0, -4) + (key.endsWith('AAAA') ? 'BBBB' : 'AAAA');
    const keys = [newApiKey(), otherSecret, revoked, expired, unfinished, '', 'ak_', key + 'A', `${key.slice(0, 12)}é`];
    const answers: Response[] = [];
    for (const presented of keys) answers.push(await verify(presented));
    const told = answers.map(({ status, body, headers }) => JSON.stringify([status, body, headers['content-length']]));
    expect([...new Set(told)]).toEqual([JSON.stringify([200, { valid: false }, '15'])]);
    expect(used).toEqual([]);
    expect(await isValid(key)).toBe(true);
  });

  test('of a suspended tenant say so to their holder, and are valid for reading if the tenant may be read', async () => {
    const { tenantId, key } = await tenantWithKey();
    const suspend = (access: string) =>
      api.registry.pool.query(`update tenant set state = 'suspended', access = $2 where tenant_id = $1`, [
        tenantId,
        access,
      ]);
    await suspend('closed');
    const closed = expectAnswer(await verify(key), 200, apiKeyVerifiedSchema);
    expect(closed).toEqual({ valid: false, reason: 'tenant_suspended' });
    expect(used).toEqual([]);
    await suspend('read-only');
    const readOnly = expectAnswer(await verify(key), 200, apiKeyVerifiedSchema);
    expect(readOnly).toMatchObject({ valid: true, tenantId, access: 'read-only' });
    expect(used).toHaveLength(1);
  });

  test('with the same prefix are told apart', async () => {
    const [one, two] = [await tenantWithKey(), await activeTenant(api.registry)];
    const twin = one.key.slice(0, 12) + newApiKey().slice(12);
    await store(two.tenantId, 'default', twin);
    expect((await verify(one.key)).body).toMatchObject({ tenantId: one.tenantId });
    expect((await verify(twin)).body).toMatchObject({ tenantId: two.tenantId });
  });

  test('are rotated with an overlap: first both are valid, then only the new one', async () => {
    const { tenantId, key } = await tenantWithKey();
    const { key: next, previousUntil } = await rotate(tenantId, { overlapHours: 2 });
    expect(new Date(previousUntil).getTime() - Date.now()).toBeGreaterThan(3_600_000);
    expect([await isValid(key), await isValid(next)]).toEqual([true, true]);
    expect((await listed(tenantId)).map(({ state }) => state)).toEqual(['current', 'superseded']);
    await hoursPass(tenantId, 3);
    expect([await isValid(key), await isValid(next)]).toEqual([false, true]);
    expect((await listed(tenantId)).map(({ state }) => state)).toEqual(['current', 'expired']);
  });

  test('that were superseded are not extended by a second rotation, and end at once without an overlap', async () => {
    const { tenantId, key } = await tenantWithKey();
    const { key: second } = await rotate(tenantId, { overlapHours: 1 });
    const { key: third } = await rotate(tenantId, { overlapHours: 0 });
    expect([await isValid(key), await isValid(second), await isValid(third)]).toEqual([true, false, true]);
    await hoursPass(tenantId, 2);
    expect(await isValid(key)).toBe(false);
  });

  test('expire at the given time', async () => {
    const { tenantId } = await tenantWithKey();
    const { key, expiresAt } = await rotate(tenantId, { expiresInDays: 1 });
    expect(new Date(expiresAt!).getTime() - Date.now()).toBeLessThan(86_500_000);
    expect((await verify(key)).body).toMatchObject({ valid: true, expiresAt });
    await hoursPass(tenantId, 25);
    expect(await isValid(key)).toBe(false);
  });

  test('are revoked at once, by prefix or by name, and revoking again changes nothing', async () => {
    const { tenantId, key } = await tenantWithKey();
    const { key: next } = await rotate(tenantId);
    const revoke = async (body?: object) =>
      expectAnswer(
        await manager.post(`/v1/tenants/${tenantId}/api-keys/default:revoke`, body),
        200,
        apiKeyRevokedSchema,
      ).revoked;
    expect(await revoke({ prefix: beginningOf(key) })).toBe(1);
    expect([await isValid(key), await isValid(next)]).toEqual([false, true]);
    expect(await revoke()).toBe(1);
    expect(await isValid(next)).toBe(false);
    expect(await revoke()).toBe(0);
    expectProblem(await manager.post(`/v1/tenants/${tenantId}/api-keys/another:revoke`), 'not-found');
    expectProblem(
      await manager.post(`/v1/tenants/${tenantId}/api-keys/default:revoke`, { prefix: 'ak_00000000' }),
      'not-found',
    );
  });

  test('are not rotated before they are claimed, for an inactive tenant, or for an unknown name', async () => {
    const { tenantId } = await tenantWithKey();
    expectProblem(await manager.post(`/v1/tenants/${tenantId}/api-keys/another:rotate`), 'not-found');
    await issueClaim(api.registry.pool, tenantId, 'x'.repeat(43));
    expectProblem(await manager.post(`/v1/tenants/${tenantId}/api-keys/default:rotate`), 'state-conflict');
    const pending = await acceptTenant(api.registry);
    await store(pending.tenantId);
    expectProblem(await manager.post(`/v1/tenants/${pending.tenantId}/api-keys/default:rotate`), 'state-conflict');
  });

  test('that are reissued with the first credentials invalidate all others of the name', async () => {
    const { tenantId, key } = await tenantWithKey();
    const { key: second } = await rotate(tenantId);
    const third = await store(tenantId);
    expect([await isValid(key), await isValid(second), await isValid(third)]).toEqual([false, false, true]);
  });

  test('appear only in the answer to their rotation, and in no log; the trail names them by id', async () => {
    const { tenantId, key } = await tenantWithKey();
    const { key: next } = await rotate(tenantId);
    await verify(next);
    const secrets = [key, next].map((each) => each.slice(beginningOf(each).length + 1));
    const list = await manager.get(`/v1/tenants/${tenantId}/api-keys`);
    const { rows } = await api.registry.pool.query<{ text: string }>(
      `select string_agg(audit_entry::text || coalesce((select string_agg(api_key::text, '') from api_key where tenant_id = $1), ''), '') as text
       from audit_entry where tenant_id = $1`,
      [tenantId],
    );
    expect(api.log.join('')).toContain('api-keys:verify');
    for (const secret of secrets)
      for (const place of [list.text, rows[0]!.text, api.log.join('')]) expect(place).not.toContain(secret);
  });

  test('have their last use recorded in batches, and an older use never replaces a newer one', async () => {
    const { pool } = api.registry;
    const { tenantId } = await tenantWithKey();
    const { rows } = await pool.query<{ key_id: string }>('select key_id from api_key where tenant_id = $1', [
      tenantId,
    ]);
    const keyId = rows[0]!.key_id;
    const use = createApiKeyUse(pool, api.dependencies.logger);
    use.note(keyId);
    use.note(keyId);
    expect((await listed(tenantId))[0]).not.toHaveProperty('lastUsedAt');
    await use.flush();
    expect(Date.now() - new Date((await listed(tenantId))[0]!.lastUsedAt!).getTime()).toBeLessThan(60_000);
    await pool.query(`update api_key set last_used_at = now() + interval '1 hour' where key_id = $1`, [keyId]);
    use.note(keyId);
    await use.flush();
    expect(new Date((await listed(tenantId))[0]!.lastUsedAt!).getTime()).toBeGreaterThan(Date.now());
  });
});

suite('verifications', () => {
  test('have their own rate limit and do not count against other calls', async () => {
    const api = await startApiHarness({ rateLimit: { perMinute: 2, verificationsPerMinute: 4 } });
    try {
      const both = await api.as(['api-keys:verify', 'operations:operate']);
      const verify = () => both.post('/v1/api-keys:verify', { key: 'ak_' });
      for (let n = 0; n < 4; n++) expect((await verify()).status).toBe(200);
      expectProblem(await verify(), 'too-many-requests');
      expect((await both.get('/v1/quarantine')).status).toBe(200);
    } finally {
      await api.stop();
    }
  });
});
