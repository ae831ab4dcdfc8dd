import { randomBytes } from 'node:crypto';
import type { TenantProvisioningRequest } from '../../contract/order';
import { acceptOrder, type Acceptance, type AcceptanceOutcome } from '../../registry/acceptance';
import { findOperation } from '../../registry/operation-views';
import { loadOperation } from '../../registry/operations';
import { listResources } from '../../registry/ledger';
import { loadTemplates } from '../../templates/load';
import { order } from '../helpers/api';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the acceptance of orders: not run, this machine has no PostgreSQL');

suite('the acceptance of an order', () => {
  const template = loadTemplates('templates').get('starter');
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  const accept = (changes: Partial<Acceptance> = {}, wanted: TenantProvisioningRequest = order()) =>
    acceptOrder(registry.pool, registry.keys, {
      ...{ caller: 'token:signup', requestHash: Buffer.alloc(32, 1), order: wanted, template, approvalsRequired: [] },
      ...changes,
    });
  const idsOf = (outcome: AcceptanceOutcome): { operationId: string; tenantId: string } => {
    if (!('operationId' in outcome)) throw new Error(outcome.outcome);
    return { operationId: outcome.operationId, tenantId: outcome.tenantId };
  };
  const key = (): string => randomBytes(8).toString('hex');
  const operations = async (): Promise<number> =>
    (await registry.pool.query<{ count: number }>(`select count(*)::int as count from operation`)).rows[0]!.count;

  test('keeps what the run and everyone else needs to know, and the tenant’s key as the first thing made', async () => {
    const wanted = order({
      compliance: { dataResidency: 'EU', retentionPeriod: 30, encryptionLevel: 'standard' },
      configuration: { customDomain: `shop-${key()}.example.com` },
    });
    const outcome = await accept({ approvalsRequired: ['storageQuotaGb'] }, wanted);
    expect(outcome).toMatchObject({ outcome: 'accepted', status: 'pending' });
    const { operationId, tenantId } = idsOf(outcome);
    const loaded = await loadOperation(registry.pool, registry.keys, operationId);
    expect(loaded).toMatchObject({ tenantId, order: wanted, template });
    const row = await findOperation(registry.pool, operationId);
    expect(row).toMatchObject({ operationId, tenantId, status: 'pending', caller: 'token:signup' });
    const { rows } = await registry.pool.query(
      `select tenant_name, plan, residency, custom_domain, approval_keys, idempotency_key from operation where operation_id = $1`,
      [operationId],
    );
    expect(rows).toEqual([
      {
        ...{ tenant_name: wanted.tenantName, plan: 'starter', residency: 'EU', idempotency_key: null },
        ...{ custom_domain: wanted.configuration.customDomain, approval_keys: ['storageQuotaGb'] },
      },
    ]);
    expect(await listResources(registry.pool, tenantId)).toMatchObject([
      {
        ...{ operationId, step: 'reserve', kind: 'tenant-key', provider: 'registry', region: 'global' },
        ...{ name: tenantId, externalId: tenantId, state: 'present' },
      },
    ]);
    const audited = await registry.pool.query(
      `select actor, action, detail from audit_entry where operation_id = $1 and tenant_id = $2`,
      [operationId, tenantId],
    );
    expect(audited.rows).toEqual([
      {
        actor: 'token:signup',
        action: 'order.accepted',
        detail: { plan: 'starter', template: template.version, approvalsRequired: ['storageQuotaGb'] },
      },
    ]);
  });

  test('of one without compliance or a domain leaves both empty', async () => {
    const { operationId } = idsOf(await accept());
    const { rows } = await registry.pool.query(
      `select residency, custom_domain from operation where operation_id = $1`,
      [operationId],
    );
    expect(rows).toEqual([{ residency: null, custom_domain: null }]);
  });

  test('is repeated for the same caller, key and order, and says where that one stands now', async () => {
    const idempotencyKey = key();
    const wanted = order();
    const first = idsOf(await accept({ idempotencyKey }, wanted));
    await registry.pool.query(`update operation set status = 'active' where operation_id = $1`, [first.operationId]);
    const before = await operations();
    expect(await accept({ idempotencyKey }, wanted)).toEqual({ outcome: 'repeated', ...first, status: 'active' });
    expect(await accept({ idempotencyKey, requestHash: Buffer.alloc(32, 2) }, wanted)).toEqual({
      outcome: 'key-reused',
    });
    expect(await operations()).toBe(before);
    expect(await accept({ idempotencyKey, caller: 'token:other' })).toMatchObject({ outcome: 'accepted' });
  });

  test('of the same order twice at once is one, and of another order with that key none', async () => {
    const idempotencyKey = key();
    const wanted = order();
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => accept({ idempotencyKey }, wanted)));
    expect(new Set(outcomes.map((outcome) => idsOf(outcome).operationId)).size).toBe(1);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['accepted', ...Array<string>(4).fill('repeated')]);
  });

  test('waits for one that is under way with the same key, and is then a repeat', async () => {
    const idempotencyKey = key();
    const wanted = order();
    const client = await registry.pool.connect();
    try {
      await client.query('begin');
      const first = idsOf(await accept({}));
      // As another process would have it, not committed yet: the look before finds nothing, and the index waits.
      await client.query(`update operation set idempotency_key = $2, tenant_name = $3 where operation_id = $1`, [
        first.operationId,
        idempotencyKey,
        wanted.tenantName,
      ]);
      const second = accept({ idempotencyKey }, wanted);
      await untilBlocked();
      await client.query('commit');
      expect(await second).toEqual({ outcome: 'repeated', ...first, status: 'pending' });
    } finally {
      client.release();
    }
  });

  const untilBlocked = async (): Promise<void> => {
    for (;;) {
      const { rows } = await registry.pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      if (rows.length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  test('is refused for a name, or one that looks like it, and for a domain that another one holds', async () => {
    const customDomain = `shop-${key()}.example.com`;
    const wanted = order({ tenantName: `looks-${key()}-one`, configuration: { customDomain } });
    await accept({}, wanted);
    const before = await operations();
    const again = (changes: Partial<TenantProvisioningRequest>) => accept({ idempotencyKey: key() }, order(changes));
    expect(await again({ tenantName: wanted.tenantName })).toEqual({ outcome: 'name-taken' });
    const lookalike = wanted.tenantName.replace(/one$/, '0ne');
    expect(await again({ tenantName: lookalike })).toEqual({ outcome: 'name-taken' });
    expect(await again({ configuration: { customDomain } })).toEqual({ outcome: 'domain-taken' });
    expect(await accept({}, order({ tenantName: wanted.tenantName }))).toEqual({ outcome: 'name-taken' });
    expect(await operations()).toBe(before);
  });

  test('that fails for another reason says so, and leaves nothing', async () => {
    const before = await operations();
    const keys = { ...registry.keys, wrap: () => Promise.reject(new Error('the key service is away')) };
    await expect(
      acceptOrder(registry.pool, keys, {
        ...{ caller: 'token:signup', requestHash: Buffer.alloc(32), order: order(), template, approvalsRequired: [] },
      }),
    ).rejects.toThrow('the key service is away');
    await expect(accept({ requestHash: null as unknown as Buffer })).rejects.toThrow(/request_hash/);
    expect(await operations()).toBe(before);
  });
});
