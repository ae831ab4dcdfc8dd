import { storeApiKeys } from '../../../registry/credentials/api-keys';
import { issueClaim } from '../../../registry/credentials/claim-tokens';
import { forgetClaimedSecrets, takeCredentials, type ClaimedCredentials } from '../../../registry/credentials/claims';
import { readSecret, storeSecret } from '../../../registry/keys/secrets';
import { acceptTenant, type AcceptedTenant } from '../../helpers/tenants/accepted';
import { intended } from '../../helpers/ledger';
import { markPresent } from '../../../registry/ledger/ledger';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('claims in the registry: not run, this machine has no PostgreSQL');

suite('a claim in the registry', () => {
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  const TOKEN = 'x'.repeat(43);
  const URL = 'https://login.example/admin';
  const password = (tenantId: string) => ({ tenantId, kind: 'idp-admin-user', name: 'temporaryPassword' });
  const take = (tenantId: string): Promise<ClaimedCredentials | undefined> =>
    takeCredentials(registry.pool, registry.keys, { tenantId, token: TOKEN });

  /** An active tenant with a claim; `facts` are those of its first admin, who is missing from the ledger without them. */
  async function tenant(facts: Record<string, unknown> | undefined): Promise<AcceptedTenant> {
    const accepted = await acceptTenant(registry);
    const { tenantId, operationId } = accepted;
    if (facts) {
      const resourceId = await intended(registry.pool, {
        ...{ tenantId, operationId, step: 'identity', kind: 'idp-admin-user' },
        ...{ provider: 'keycloak', region: 'global', cell: '', name: `t-${tenantId}` },
      });
      await markPresent(registry.pool, resourceId, `admin-${tenantId}`, facts);
    }
    await storeSecret(registry.pool, registry.keys, password(tenantId), 'first-password');
    await registry.pool.query(`update operation set status = 'active' where operation_id = $1`, [operationId]);
    await issueClaim(registry.pool, tenantId, TOKEN);
    return accepted;
  }

  test('returns what is available, without a missing user name or an API key whose secret is gone', async () => {
    const { tenantId } = await tenant({ adminAccessUrl: URL });
    await storeApiKeys(
      registry.pool,
      tenantId,
      ['kept', 'gone'].map((name) => ({ name, scopes: [], key: name })),
    );
    await storeSecret(registry.pool, registry.keys, { tenantId, kind: 'api-keys', name: 'kept' }, 'ak_kept');
    const credentials = await take(tenantId);
    expect(Object.entries(credentials!)).toEqual([
      ['adminAccessUrl', URL],
      ['temporaryPassword', 'first-password'],
      ['apiKeys', { kept: 'ak_kept' }],
    ]);
    expect(Object.keys(credentials!.apiKeys)).toEqual(['kept']);
    const { rows } = await registry.pool.query(
      `select actor, operation_id is not null as operation, detail from audit_entry where tenant_id = $1 and action = 'credentials.claimed'`,
      [tenantId],
    );
    expect(rows).toEqual([{ actor: 'claim-link', operation: true, detail: { apiKeys: 1 } }]);
  });

  test.each<[string, Record<string, unknown> | undefined]>([
    ['the first admin', undefined],
    ['the sign-in address', {}],
  ])('for a ledger without %s is refused with the reason, and stays usable', async (_, facts) => {
    const { tenantId } = await tenant(facts);
    await expect(take(tenantId)).rejects.toThrow(
      `The credentials of tenant ${tenantId} are not in the registry. Reissue them.`,
    );
    const { rows } = await registry.pool.query(`select claimed_at from claim where tenant_id = $1`, [tenantId]);
    expect(rows).toEqual([{ claimed_at: null }]);
  });

  test('used ten minutes ago leaves no secret behind that was kept only for it', async () => {
    const { tenantId } = await tenant({ adminAccessUrl: URL });
    const other = { tenantId, kind: 'postgres-login', name: 'password' };
    await storeSecret(registry.pool, registry.keys, other, 'in use');
    expect(await take(tenantId)).toBeDefined();
    expect(await forgetClaimedSecrets(registry.pool)).toBe(0);
    await registry.pool.query(`update claim set claimed_at = claimed_at - interval '11 minutes' where tenant_id = $1`, [
      tenantId,
    ]);
    await registry.pool.query(`update secret set created_at = created_at - interval '1 hour' where tenant_id = $1`, [
      tenantId,
    ]);
    expect(await forgetClaimedSecrets(registry.pool)).toBe(1);
    expect(await readSecret(registry.pool, registry.keys, password(tenantId))).toBeUndefined();
    expect(await readSecret(registry.pool, registry.keys, other)).toBe('in use');
  });
});
