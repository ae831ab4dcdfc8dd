import { END_STATUSES, STATUSES } from '../../../contract/operations/states';
import { NAME_HOLDING_STATES, TENANT_STATES, type TenantState } from '../../../contract/tenants/states';
import { violatedConstraint } from '../../../registry/database';
import { recordOutcome } from '../../../registry/operations/transitions';
import { findStanding } from '../../../registry/tenants/tenants';
import { listTenants, readTenant } from '../../../registry/views/tenants';
import { acceptTenant, activeTenant, type AcceptedTenant } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('tenants in the registry: not run, this machine has no PostgreSQL');

suite('a tenant in the registry', () => {
  let registry: TestRegistry;
  beforeAll(async () => void (registry = await createTestRegistry()));
  afterAll(() => registry.drop());

  const put = (tenantId: string, state: TenantState): Promise<unknown> =>
    registry.pool.query(`update tenant set state = $2 where tenant_id = $1`, [tenantId, state]);
  const tenantIn = async (state: TenantState): Promise<AcceptedTenant> => {
    const accepted = await acceptTenant(registry);
    await put(accepted.tenantId, state);
    return accepted;
  };
  const again = (tenantName: string): Promise<unknown> =>
    acceptTenant(registry, { tenantName }).then(
      () => 'accepted',
      (error: Error) => error.message,
    );

  test.each(TENANT_STATES)('that is %s holds its name unless it is gone', async (state) => {
    const { order } = await tenantIn(state);
    expect(await again(order.tenantName)).toBe(NAME_HOLDING_STATES.includes(state) ? 'name-taken' : 'accepted');
  });

  test('follows the operation that provisions it', async () => {
    const { tenantId, operationId } = await acceptTenant(registry);
    expect(await findStanding(registry.pool, tenantId)).toEqual({ state: 'provisioning', operationId });
    for (const status of ['validating', 'provisioning', 'active'] as const)
      await recordOutcome(registry.pool, { operationId, status, region: 'eu-central' });
    const tenant = await readTenant(registry.pool, tenantId);
    expect(tenant).toMatchObject({ state: 'active', status: 'active', region: 'eu-central' });
    expect(Date.parse(tenant!.stateSince)).toBeGreaterThan(Date.parse(tenant!.createdAt));
  });

  test('that was provisioned keeps a later state whatever else changes in that operation', async () => {
    const { tenantId, operationId } = await activeTenant(registry);
    await put(tenantId, 'suspended');
    const before = await readTenant(registry.pool, tenantId);
    await registry.pool.query(
      `update operation set billing = 'active', organization_hash = null where operation_id = $1`,
      [operationId],
    );
    expect(await readTenant(registry.pool, tenantId)).toEqual(before);
  });

  const change = (tenantId: string, set: string): Promise<unknown> =>
    registry.pool.query(`update tenant set ${set} where tenant_id = $1`, [tenantId]);

  test.each(['active', 'suspended', 'leaving'] as const)('that is %s stays in its region', async (state) => {
    const { tenantId } = await tenantIn(state);
    await expect(change(tenantId, `region = 'us-east'`)).rejects.toThrow(/stays in region/);
    await expect(change(tenantId, `residency = 'US'`)).rejects.toThrow(/stays in region/);
  });

  test('may change its region while it is provisioned, until it has a reservation', async () => {
    const { tenantId } = await acceptTenant(registry);
    await change(tenantId, `region = 'us-east'`);
    await registry.pool.query(
      `insert into reservation (tenant_id, kind, region, cell, units) values ($1, 'database', 'us-east', 'cell-1', 1)`,
      [tenantId],
    );
    await expect(change(tenantId, `region = 'eu-central'`)).rejects.toThrow(/stays in region us-east/);
  });

  describe('has one open operation at a time', () => {
    const begin = (tenantId: string, operationId: string): Promise<unknown> =>
      registry.pool
        .query(
          `insert into operation (operation_id, tenant_id, kind, tenant_name, plan, template, caller, request_hash, order_ciphertext)
           select $2, tenant_id, 'suspend', tenant_name, plan, template, caller, '\\x00', '\\x00' from tenant where tenant_id = $1`,
          [tenantId, operationId],
        )
        .then(() => 'begun', violatedConstraint);

    test.each(STATUSES)('and beside one that is %s only if that is an end', async (status) => {
      const { tenantId, operationId } = await acceptTenant(registry);
      await registry.pool.query(`update operation set status = $2 where operation_id = $1`, [operationId, status]);
      const ended = END_STATUSES.includes(status);
      expect(await begin(tenantId, `op_beside_${status}`)).toBe(ended ? 'begun' : 'operation_open');
    });

    test('and the next when that has ended; their status does not change its state', async () => {
      const { tenantId } = await activeTenant(registry);
      expect(await begin(tenantId, 'op_first')).toBe('begun');
      expect(await begin(tenantId, 'op_second')).toBe('operation_open');
      await registry.pool.query(`update operation set status = 'completed' where operation_id = 'op_first'`);
      expect(await begin(tenantId, 'op_second')).toBe('begun');
      await registry.pool.query(`update operation set status = 'failed' where operation_id = 'op_second'`);
      expect(await readTenant(registry.pool, tenantId)).toMatchObject({ state: 'active', status: 'active' });
    });
  });

  test('is listed by its state, and when it is gone only then or if that is asked for', async () => {
    const caller = 'token:signup';
    const listed = async (state?: TenantState): Promise<string[]> =>
      (await listTenants(registry.pool, { limit: 100, caller, state })).items.map(({ tenantId }) => tenantId);
    const ids = new Map<TenantState, string>();
    for (const state of TENANT_STATES) ids.set(state, (await tenantIn(state)).tenantId);
    for (const [state, tenantId] of ids) {
      expect(await listed(state)).toContain(tenantId);
      expect((await listed()).includes(tenantId)).toBe(state !== 'gone');
      const all = await listTenants(registry.pool, { limit: 100, caller, withGone: true });
      expect(all.items.map((each) => each.tenantId)).toContain(tenantId);
      for (const other of TENANT_STATES.filter((each) => each !== state))
        expect(await listed(other)).not.toContain(tenantId);
    }
  });
});
