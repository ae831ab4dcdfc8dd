import { randomBytes } from 'node:crypto';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import { acceptOrder, type Acceptance, type AcceptanceOutcome } from '../../../registry/operations/acceptance';
import { findOperation } from '../../../registry/views/operations';
import { loadOperation } from '../../../registry/operations/operations';
import { listResources } from '../../../registry/ledger/ledger';
import { loadTemplates } from '../../../templates/load';
import { order } from '../../helpers/api';
import { untilBlocked } from '../../helpers/locks';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

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

  test('stores everything needed later, after making the tenant’s key first', async () => {
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
    const told = await registry.pool.query(
      `select type, data, tenant_id = $2 as "ofTenant" from event where operation_id = $1 order by event_id`,
      [operationId, tenantId],
    );
    expect(told.rows).toEqual([
      { type: 'tenant.state', data: { state: 'provisioning' }, ofTenant: true },
      { type: 'operation.status', data: { status: 'pending' }, ofTenant: true },
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

  test('of an order without compliance or a domain leaves both empty', async () => {
    const { operationId } = idsOf(await accept());
    const { rows } = await registry.pool.query(
      `select residency, custom_domain from operation where operation_id = $1`,
      [operationId],
    );
    expect(rows).toEqual([{ residency: null, custom_domain: null }]);
  });

  test('is repeated for the same caller, key and order, and returns the current status', async () => {
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

  test('is repeated even while the key service is down, and when the name is free again', async () => {
    const idempotencyKey = key();
    const wanted = order();
    const first = idsOf(await accept({ idempotencyKey }, wanted));
    await registry.pool.query(`update tenant set state = 'gone' where tenant_id = $1`, [first.tenantId]);
    const keys = { ...registry.keys, wrap: () => Promise.reject(new Error('the key service is away')) };
    const repeat = { caller: 'token:signup', idempotencyKey, requestHash: Buffer.alloc(32, 1), order: wanted };
    expect(await acceptOrder(registry.pool, keys, { ...repeat, template, approvalsRequired: [] })).toEqual({
      outcome: 'repeated',
      ...first,
      status: 'pending',
    });
  });

  test('of concurrent identical orders happens once, and a different order with the same key is refused', async () => {
    const idempotencyKey = key();
    const wanted = order();
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map(() => accept({ idempotencyKey }, wanted)));
    expect(new Set(outcomes.map((outcome) => idsOf(outcome).operationId)).size).toBe(1);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['accepted', ...Array<string>(4).fill('repeated')]);
  });

  test.each([
    ['the same order, and is then a repeat', true],
    ['another order, and is then refused', false],
  ])('waits for a concurrent one with the same key, which has %s', async (_, same) => {
    const idempotencyKey = key();
    const wanted = order();
    const client = await registry.pool.connect();
    try {
      await client.query('begin');
      const first = idsOf(await accept({}));
      // Stands for another process that has not committed yet: the first look-up finds nothing, and the index makes us wait.
      await client.query(`update operation set idempotency_key = $2 where operation_id = $1`, [
        first.operationId,
        idempotencyKey,
      ]);
      await client.query(`update tenant set tenant_name = coalesce($2, tenant_name) where tenant_id = $1`, [
        first.tenantId,
        same ? wanted.tenantName : null,
      ]);
      const second = accept({ idempotencyKey, requestHash: Buffer.alloc(32, same ? 1 : 2) }, wanted);
      await untilBlocked(registry.pool);
      await client.query('commit');
      expect(await second).toEqual(
        same ? { outcome: 'repeated', ...first, status: 'pending' } : { outcome: 'key-reused' },
      );
    } finally {
      client.release();
    }
  });

  test('is refused for a name or domain that is taken, and for a name that looks like a taken one', async () => {
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

  test('that fails for another reason reports it, and leaves nothing behind', async () => {
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
