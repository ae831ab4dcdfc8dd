import type { Access } from '../../../contract/tenants/access';
import type { TenantState } from '../../../contract/tenants/states';
import { verifyApiKey } from '../../../registry/credentials/api-key-verification';
import { newApiKey, storeApiKeys } from '../../../registry/credentials/api-keys';
import { activeTenant } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the verification of API keys: not run, this machine has no PostgreSQL');

suite('an API key', () => {
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  /** A tenant in this state, with a key. */
  const keyOf = async (state: TenantState, access: Access): Promise<{ tenantId: string; key: string }> => {
    const { pool } = registry;
    const { tenantId } = await activeTenant(registry);
    const key = newApiKey();
    await storeApiKeys(pool, tenantId, [{ name: 'default', scopes: ['records:read'], key }]);
    await pool.query(`update tenant set state = $2, access = $3 where tenant_id = $1`, [tenantId, state, access]);
    return { tenantId, key };
  };

  test.each<[TenantState, Access, object]>([
    ['provisioning', 'open', { valid: false }],
    ['active', 'open', { valid: true, access: 'open' }],
    ['suspended', 'read-only', { valid: true, access: 'read-only' }],
    ['suspended', 'closed', { valid: false, reason: 'tenant_suspended' }],
    ['leaving', 'open', { valid: false, reason: 'tenant_leaving' }],
    ['leaving', 'read-only', { valid: false, reason: 'tenant_leaving' }],
    ['leaving', 'closed', { valid: false, reason: 'tenant_leaving' }],
    ['gone', 'closed', { valid: false }],
  ])('of a tenant that is %s, with access %s, is answered %j', async (state, access, answer) => {
    const { tenantId, key } = await keyOf(state, access);
    const verified = await verifyApiKey(registry.pool, key);
    if (verified.valid) expect(verified).toMatchObject({ ...answer, tenantId, scopes: ['records:read'] });
    else expect(verified).toEqual(answer);
  });

  test.each(['revoked_at', 'expires_at'])(
    'of a suspended tenant with a past %s is only said to be invalid',
    async (end) => {
      const { tenantId, key } = await keyOf('suspended', 'closed');
      await registry.pool.query(`update api_key set ${end} = now() where tenant_id = $1`, [tenantId]);
      expect(await verifyApiKey(registry.pool, key)).toEqual({ valid: false });
    },
  );

  test('that only shares its prefix with a key of a suspended tenant learns nothing of that tenant', async () => {
    const { key } = await keyOf('suspended', 'closed');
    const other = key.slice(0, 12) + newApiKey().slice(12);
    expect(await verifyApiKey(registry.pool, other)).toEqual({ valid: false });
  });
});
