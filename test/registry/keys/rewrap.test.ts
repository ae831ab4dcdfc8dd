import { randomBytes } from 'node:crypto';
import { createKeys } from '../../../providers/keys/keys';
import { parseKeyRing } from '../../../contract/keys/key-ring';
import { PROBE_TENANT_ID } from '../../../contract/ids';
import { countWrapped, listOutdated, rewrapExportKeys, rewrapTenantKey } from '../../../registry/keys/rewrap';
import { readIdentity } from '../../../registry/tenants/export-identity';
import { beginExport } from '../../../registry/tenants/exports';
import { loadOperation } from '../../../registry/operations/operations';
import { acceptTenant } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('retiring a key of the ring: not run, this machine has no PostgreSQL');

suite('retiring a key of the ring', () => {
  const entry = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
  const [old, fresh] = [entry('old'), entry('new')];
  const keysOf = (...entries: string[]) => createKeys(parseKeyRing(entries.join()), []);
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(() => registry.asOwner('truncate tenant, operation, tenant_key, key_generation, secret cascade'));

  const accept = () => acceptTenant({ ...registry, keys: keysOf(old) });

  test('wraps every data key with the new key, after which the old one is no longer needed', async () => {
    const { pool } = registry;
    const tenants = [await accept(), await accept(), await accept()];
    // The control plane's own data key, which protects the search key for organizations, is stored like a tenant's.
    expect(await countWrapped(pool)).toEqual([{ provider: 'local', keyId: 'old', tenants: 4 }]);
    const listed = await listOutdated(pool, 'new', '', 2);
    expect(listed).toHaveLength(2);
    listed.push(...(await listOutdated(pool, 'new', listed[1]!, 2)));
    expect(listed).toEqual([...tenants.map(({ tenantId }) => tenantId), PROBE_TENANT_ID].sort());
    for (const tenantId of listed) expect(await rewrapTenantKey(pool, keysOf(fresh, old), tenantId)).toBe(true);
    expect(await countWrapped(pool)).toEqual([{ provider: 'local', keyId: 'new', tenants: 4 }]);
    for (const { operationId, order } of tenants)
      expect((await loadOperation(pool, keysOf(fresh), operationId))?.order).toEqual(order);
  });

  test('wraps the keys of exports too, and counts them until it has', async () => {
    const { pool } = registry;
    const { tenantId, operationId } = await accept();
    const secret = randomBytes(32);
    const identity = await keysOf(old).wrap(tenantId, secret);
    await beginExport(pool, { operationId, tenantId, region: 'eu', recipient: 'age1test', identity });
    for (const each of [tenantId, PROBE_TENANT_ID]) await rewrapTenantKey(pool, keysOf(fresh, old), each);
    expect(await countWrapped(pool)).toContainEqual({ provider: 'local', keyId: 'old', tenants: 1 });
    expect(await rewrapExportKeys(pool, keysOf(fresh, old), 'new', { dryRun: true })).toBe(1);
    expect(await rewrapExportKeys(pool, keysOf(fresh, old), 'new')).toBe(1);
    expect(await countWrapped(pool)).toEqual([{ provider: 'local', keyId: 'new', tenants: 2 }]);
    expect(await readIdentity(pool, keysOf(fresh), operationId)).toEqual(secret);
  });

  test('changes nothing in a dry run, which also reports a key missing from the ring', async () => {
    const { pool } = registry;
    const { tenantId } = await accept();
    expect(await rewrapTenantKey(pool, keysOf(fresh, old), tenantId, { dryRun: true })).toBe(true);
    await expect(rewrapTenantKey(pool, keysOf(fresh), tenantId, { dryRun: true })).rejects.toThrow('no key old');
    expect(await countWrapped(pool)).toEqual([{ provider: 'local', keyId: 'old', tenants: 2 }]);
  });
});
