import { readConfiguration, writeConfiguration } from '../../../registry/tenants/configuration';
import { destroyKey, listKeyGenerations } from '../../../registry/keys/generations';
import { rotateTenantKey, type RotationOutcome } from '../../../registry/keys/rotation';
import { loadOperation } from '../../../registry/operations/operations';
import { SEALED_COLUMNS } from '../../../registry/keys/sealed-columns';
import { obtainSecret, readSecret, storeSecret } from '../../../registry/keys/secrets';
import { findTenantKey, loadTenantKey, tenantCipher, TenantKeyDestroyed } from '../../../registry/keys/tenant-keys';
import { acceptTenant, activeTenant } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the rotation of tenants’ keys: not run, this machine has no PostgreSQL');

suite('a tenant’s data key', () => {
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  const rotate = (tenantId: string, idempotencyKey?: string): Promise<RotationOutcome> =>
    rotateTenantKey(registry.pool, registry.keys, {
      tenantId,
      actor: 'token:operator',
      idempotencyKey,
      onlyIf: 'active',
    });
  const secretOf = (tenantId: string, name = 'password') => ({ tenantId, kind: 'postgres-login', name });

  /** Everything readable of a tenant, decrypted. */
  async function read(tenantId: string, operationId: string) {
    const { pool, keys } = registry;
    const [operation, secret, configuration] = await Promise.all([
      loadOperation(pool, keys, operationId),
      readSecret(pool, keys, secretOf(tenantId)),
      readConfiguration(pool, keys, tenantId),
    ]);
    return { order: operation?.order, secret, configuration: configuration?.configuration };
  }

  /** Every ciphertext stored for a tenant. */
  async function sealed(tenantId: string): Promise<{ text: Buffer; context: string }[]> {
    const found = await Promise.all(
      SEALED_COLUMNS.map(({ table, column, context, ofTenant }) =>
        registry.pool.query<{ text: Buffer; context: string }>(
          `select ${column} as text, ${context} as context from ${table} where ${ofTenant}`,
          [tenantId],
        ),
      ),
    );
    return found.flatMap(({ rows }) => rows);
  }

  test('is replaced by a rotation, and everything reads as before', async () => {
    const { tenantId, operationId, order, configuration } = await activeTenant(registry);
    const before = await loadTenantKey(registry.pool, registry.keys, tenantId);
    expect(await rotate(tenantId)).toEqual({ outcome: 'rotated', generation: 2 });
    expect(await loadTenantKey(registry.pool, registry.keys, tenantId)).not.toEqual(before);
    expect(await read(tenantId, operationId)).toEqual({ order, secret: `password of ${tenantId}`, configuration });
  });

  test('decrypts nothing any more once it is rotated away', async () => {
    const { tenantId } = await activeTenant(registry);
    const old = await tenantCipher(registry.pool, registry.keys, tenantId);
    const before = await sealed(tenantId);
    for (const { context, text } of before) expect(() => old.open(context, text)).not.toThrow();
    await rotate(tenantId);
    const after = await sealed(tenantId);
    expect(after).toHaveLength(before.length);
    for (const { context, text } of after) expect(() => old.open(context, text)).toThrow();
  });

  test('can rotate repeatedly under four readers, without a failed or different read', async () => {
    const { tenantId, operationId, order, configuration } = await activeTenant(registry);
    const expected = { order, secret: `password of ${tenantId}`, configuration };
    let rotating = true;
    let reads = 0;
    const reader = async (): Promise<void> => {
      for (; rotating; reads++) expect(await read(tenantId, operationId)).toEqual(expected);
    };
    const readers = Promise.all(Array.from({ length: 4 }, reader));
    for (let generation = 2; generation <= 11 || reads <= 10; generation++)
      expect(await rotate(tenantId)).toEqual({ outcome: 'rotated', generation });
    rotating = false;
    await readers;
  });

  test('can rotate while secrets and configuration are written, and all of them stay readable', async () => {
    const { tenantId, configuration } = await activeTenant(registry);
    const { pool, keys } = registry;
    let rotating = true;
    const written = new Map<string, string>();
    let version = 1;
    const writer = async (who: number): Promise<void> => {
      for (let n = 0; rotating; n++) {
        const name = `${who}-${n}`;
        if (n % 2 === 0) await storeSecret(pool, keys, secretOf(tenantId, name), name);
        else await obtainSecret(pool, keys, secretOf(tenantId, name), () => name);
        written.set(name, name);
        if (who === 0) await writeConfiguration(pool, keys, tenantId, ++version, configuration);
      }
    };
    const writers = Promise.all([0, 1, 2].map(writer));
    for (let n = 0; n < 10 || written.size <= 10; n++) await rotate(tenantId);
    rotating = false;
    await writers;
    for (const [name, value] of written) expect(await readSecret(pool, keys, secretOf(tenantId, name))).toBe(value);
    expect(await readConfiguration(pool, keys, tenantId)).toEqual({ version, configuration });
  });

  test('rotates once per idempotency key, however many concurrent requests', async () => {
    const { tenantId } = await activeTenant(registry);
    const other = await activeTenant(registry);
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => rotate(tenantId, 'once')));
    expect(outcomes.filter(({ outcome }) => outcome === 'rotated')).toHaveLength(1);
    for (const outcome of outcomes) expect(outcome).toMatchObject({ generation: 2 });
    expect(await rotate(other.tenantId, 'once')).toEqual({ outcome: 'key-reused' });
    expect((await findTenantKey(registry.pool, other.tenantId))?.generation).toBe(1);
  });

  test('stays unchanged when one ciphertext cannot be decrypted', async () => {
    const { tenantId, operationId } = await activeTenant(registry);
    await registry.pool.query(
      `insert into secret (tenant_id, kind, name, ciphertext) values ($1, 'postgres-login', 'spoilt', $2)`,
      [tenantId, Buffer.alloc(60)],
    );
    await expect(rotate(tenantId)).rejects.toThrow();
    expect(await read(tenantId, operationId)).toMatchObject({ secret: `password of ${tenantId}` });
    expect((await findTenantKey(registry.pool, tenantId))?.generation).toBe(1);
  });

  test('of an inactive or unknown tenant is not rotated', async () => {
    const { tenantId } = await acceptTenant(registry);
    expect(await rotate(tenantId)).toEqual({ outcome: 'not-now', state: 'provisioning' });
    expect(await rotate('aaaaaaaaaaaaaaaa')).toEqual({ outcome: 'key-destroyed' });
  });

  test('makes order, secrets and configuration unreadable once destroyed; destroying it twice changes nothing', async () => {
    const { pool, keys } = registry;
    const { tenantId, operationId } = await activeTenant(registry);
    await rotate(tenantId);
    const cipher = await tenantCipher(pool, keys, tenantId);
    expect(await destroyKey(pool, { tenantId, actor: 'token:operator', reason: 'A test.' })).toBe(true);
    await expect(loadOperation(pool, keys, operationId)).rejects.toThrow(TenantKeyDestroyed);
    await expect(readSecret(pool, keys, secretOf(tenantId))).rejects.toThrow(TenantKeyDestroyed);
    await expect(readConfiguration(pool, keys, tenantId)).rejects.toThrow(TenantKeyDestroyed);
    await expect(storeSecret(pool, keys, secretOf(tenantId), 'late')).rejects.toThrow(TenantKeyDestroyed);
    expect(await rotate(tenantId)).toEqual({ outcome: 'key-destroyed' });
    // Only the key is gone: the ciphertexts are still there, and a copy of the key would open them.
    const stored = await sealed(tenantId);
    expect(stored).toHaveLength(9);
    for (const { context, text } of stored) expect(() => cipher.open(context, text)).not.toThrow();
    const { rows } = await pool.query(`select wrapped_key from tenant_key where tenant_id = $1`, [tenantId]);
    expect(rows).toEqual([]);
    expect(await destroyKey(pool, { tenantId, actor: 'token:operator', reason: 'Again.' })).toBe(false);
    const audited = await pool.query(
      `select detail->>'reason' as reason from audit_entry where tenant_id = $1 and action = 'key.destroyed'`,
      [tenantId],
    );
    expect(audited.rows).toEqual([{ reason: 'A test.' }]);
    expect((await listKeyGenerations(pool, tenantId)).every(({ destroyedAt }) => destroyedAt !== null)).toBe(true);
  });

  test('protects every encrypted column: all other binary columns hold hashes or keys', async () => {
    const { rows } = await registry.pool.query<{ column: string }>(
      `select table_name || '.' || column_name as column from information_schema.columns
       where table_schema = 'public' and data_type = 'bytea'`,
    );
    const rotated = SEALED_COLUMNS.map(({ table, column }) => `${table}.${column}`);
    const rest = rows.map(({ column }) => column).filter((column) => !rotated.includes(column));
    expect(rest.filter((column) => !/hash$|\.sha256$/.test(column))).toEqual([
      // A person's tokens, under a key that is derived from the session's id: they end with the session.
      'staff_session.tokens_ciphertext',
      // The key of an export outlives the tenant's key; `keys rewrap` covers it.
      'tenant_export.wrapped_identity',
      'tenant_key.wrapped_key',
    ]);
  });
});
