import { randomBytes } from 'node:crypto';
import { createKeys } from '../../activities/adapters/keys/keys';
import { parseKeyRing } from '../../contract/key-ring';
import { PROBE_TENANT_ID } from '../../contract/ids';
import { countWrapped, listOutdated, rewrapTenantKey } from '../../registry/key-rewrap';
import { loadOperation } from '../../registry/operations';
import { acceptTenant } from '../helpers/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('retiring a key of the ring: not run, this machine has no PostgreSQL');

suite('retiring a key of the ring', () => {
  const entry = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
  const [old, fresh] = [entry('old'), entry('new')];
  const keysOf = (...entries: string[]) => createKeys(parseKeyRing(entries.join()), []);
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());
  beforeEach(() => registry.asOwner('truncate operation, tenant_key, key_generation, secret cascade'));

  const accept = () => acceptTenant({ ...registry, keys: keysOf(old) });

  test('wraps with the new key what the old one wraps; then the old one is not needed any more', async () => {
    const { pool } = registry;
    const tenants = [await accept(), await accept(), await accept()];
    // The control plane's own key, with what it finds organizations by, is kept like a tenant's.
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

  test('changes nothing in a dry run, and says so of a key that the ring has not got', async () => {
    const { pool } = registry;
    const { tenantId } = await accept();
    expect(await rewrapTenantKey(pool, keysOf(fresh, old), tenantId, { dryRun: true })).toBe(true);
    await expect(rewrapTenantKey(pool, keysOf(fresh), tenantId, { dryRun: true })).rejects.toThrow('no key old');
    expect(await countWrapped(pool)).toEqual([{ provider: 'local', keyId: 'old', tenants: 2 }]);
  });
});
