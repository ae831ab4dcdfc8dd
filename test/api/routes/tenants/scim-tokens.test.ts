import {
  scimTokenCreatedSchema,
  scimTokenRevokedSchema,
  scimTokenRotatedSchema,
  scimTokensSchema,
} from '../../../../contract/schemas/tenants/scim-token-schema';
import { transaction } from '../../../../registry/database';
import { destroyKey } from '../../../../registry/keys/generations';
import { forgetBelongings } from '../../../../registry/tenants/forgetting';
import { activeTenant } from '../../../helpers/tenants/accepted';
import { expectAnswer, expectProblem, startApiHarness, type ApiHarness, type Client } from '../../../helpers/api';
import { hasPostgres } from '../../../helpers/registry';
import { ScimClient } from '../../../helpers/scim/client';
import { MemoryDirectory } from '../../../helpers/scim/memory-directory';
import { scimTenant } from '../../../helpers/scim/tenant';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('SCIM tokens over HTTP: not run, this machine has no PostgreSQL');

suite('SCIM tokens of a tenant', () => {
  let api: ApiHarness;
  let manager: Client;
  let tenantId: string;

  beforeAll(async () => {
    api = await startApiHarness({ directory: new MemoryDirectory() });
    manager = await api.as(['api-keys:manage']);
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    ({ tenantId } = await scimTenant(api));
  });

  const path = (more = '') => `/v1/tenants/${tenantId}/scim-tokens${more}`;
  const opens = async (token: string) => (await new ScimClient(api.app, tenantId, token).get('/Users')).status === 200;
  const create = async (name: string) =>
    expectAnswer(await manager.post(path(), { name }), 201, scimTokenCreatedSchema).token;
  const rotate = async (name: string, body?: object) =>
    expectAnswer(await manager.post(path(`/${name}:rotate`), body), 200, scimTokenRotatedSchema);
  const listed = async () => expectAnswer(await manager.get(path()), 200, scimTokensSchema).scimTokens;

  test('are shown once, with the URL of the tenant’s directory, and only their hash is stored', async () => {
    const answer = await manager.post(path(), { name: 'okta', expiresInDays: 30 });
    const { token, baseUrl, expiresAt } = expectAnswer(answer, 201, scimTokenCreatedSchema);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(baseUrl).toBe(`http://provisioner.example/scim/v2/${tenantId}`);
    expect(Date.parse(expiresAt!)).toBeGreaterThan(Date.now() + 29 * 86_400_000);
    expect(await opens(token)).toBe(true);
    expect(JSON.stringify(await listed())).not.toContain(token);
    const { rows } = await api.registry.pool.query('select * from scim_token where tenant_id = $1', [tenantId]);
    expect(JSON.stringify(rows)).not.toContain(token.slice(14));
    expectProblem(await manager.post(path(), { name: 'okta' }), 'state-conflict');
  });

  test('with one name are created once by simultaneous requests', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => manager.post(path(), { name: 'race' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  test('are rotated with an overlap, in which both are valid', async () => {
    const first = await create('okta');
    const { token: second, previousUntil } = await rotate('okta');
    expect(Date.parse(previousUntil)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
    expect([await opens(first), await opens(second)]).toEqual([true, true]);
    await api.registry.pool.query(
      `update scim_token set expires_at = expires_at - interval '24 hours' where tenant_id = $1`,
      [tenantId],
    );
    expect([await opens(first), await opens(second)]).toEqual([false, true]);
    const { token: third } = await rotate('okta', { overlapHours: 0 });
    expect([await opens(second), await opens(third)]).toEqual([false, true]);
    const states = (await listed()).filter(({ name }) => name === 'okta').map(({ state }) => state);
    expect(states[0]).toBe('current');
    expect(states.slice(1)).toEqual(['expired', 'expired']);
  });

  test('are revoked at once, one or all of a name, and a revoked name can be used again', async () => {
    const first = await create('okta');
    const { token: second } = await rotate('okta');
    const revoke = async (body?: object) =>
      expectAnswer(await manager.post(path('/okta:revoke'), body), 200, scimTokenRevokedSchema).revoked;
    expect(await revoke({ prefix: first.slice(0, 13) })).toBe(1);
    expect([await opens(first), await opens(second)]).toEqual([false, true]);
    expect(await revoke()).toBe(1);
    expect(await opens(second)).toBe(false);
    expectProblem(await manager.post(path('/okta:rotate')), 'state-conflict');
    expect(await opens(await create('okta'))).toBe(true);
    expectProblem(await manager.post(path('/unknown:revoke')), 'not-found');
  });

  test('are refused for a plan without a directory, and for a tenant that is not active', async () => {
    const starter = await activeTenant(api.registry);
    const refused = await manager.post(`/v1/tenants/${starter.tenantId}/scim-tokens`, { name: 'okta' });
    expect(expectProblem(refused, 'state-conflict').detail).toContain('plan');
    await api.registry.pool.query(`update tenant set state = 'suspended', access = 'closed' where tenant_id = $1`, [
      tenantId,
    ]);
    expectProblem(await manager.post(path(), { name: 'okta' }), 'state-conflict');
    expectProblem(await manager.post(path('/entra:rotate')), 'state-conflict');
  });

  test('end with the tenant’s key, and are forgotten with the tenant', async () => {
    const token = await create('okta');
    const { pool } = api.registry;
    await destroyKey(pool, { tenantId, actor: 'test', reason: 'A test.' });
    expect(await opens(token)).toBe(false);
    expect((await listed()).map(({ state }) => state)).toEqual(['revoked', 'revoked']);
    await transaction(pool, (client) => forgetBelongings(client, tenantId));
    expect(await listed()).toEqual([]);
  });

  test('leave entries in the audit trail that name no token', async () => {
    const token = await create('okta');
    await rotate('okta');
    await manager.post(path('/okta:revoke'));
    const { rows } = await api.registry.pool.query<{ action: string; detail: object }>(
      `select action, detail from audit_entry where tenant_id = $1 and action like 'scim-token.%' order by sequence`,
      [tenantId],
    );
    expect(rows.map(({ action }) => action).slice(-3)).toEqual([
      'scim-token.created',
      'scim-token.rotated',
      'scim-token.revoked',
    ]);
    expect(JSON.stringify(rows)).not.toContain(token.slice(14));
  });
});
