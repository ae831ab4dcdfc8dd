import type { OperationKind } from '../../../contract/operations/kinds';
import type { Queryable } from '../../../registry/database';
import { listOperations } from '../../../registry/views/operation-list';
import { listTenants } from '../../../registry/views/tenants';
import { activeTenant, changed } from '../../helpers/tenants/accepted';
import { createTestRegistry, hasPostgres, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('filters of lists: not run, this machine has no PostgreSQL');

suite('lists of a registry with many operations', () => {
  let registry: TestRegistry;
  let suspension: string;
  beforeAll(async () => {
    registry = await createTestRegistry();
    await registry.asOwner(`
      insert into operation (operation_id, tenant_id, status, tenant_name, plan, template, caller, request_hash, order_ciphertext, created_at)
      select 'op_' || n, 'many' || n, 'active', 'tenant-' || n, 'starter', '{}', 'token:signup', '\\x00', '\\x00',
        now() + n * interval '1 second'
      from generate_series(1, 20000) as n`);
    const { tenantId } = await activeTenant(registry);
    const change = { kind: 'suspend', parameters: { access: 'closed', reason: 'abuse' } } as const;
    suspension = await changed(registry, tenantId, change, 'running', 'completed');
    await registry.asOwner('analyze');
  });
  afterAll(() => registry.drop());

  /** The plan of the first statement that `read` sends. */
  const planOf = async (read: (db: Queryable) => Promise<unknown>): Promise<string> => {
    let first: { sql: string; values: unknown[] } | undefined;
    const observed: Queryable = {
      query: (sql: string, values: unknown[]) => {
        first ??= { sql, values };
        return registry.pool.query(sql, values);
      },
    };
    await read(observed);
    const { rows } = await registry.pool.query<{ 'QUERY PLAN': string }>(`explain ${first!.sql}`, first!.values);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  const ids = async (kind: OperationKind): Promise<string[]> => {
    const page = JSON.parse(await listOperations(registry.pool, { kind, limit: 100 })) as {
      items: { operationId: string }[];
    };
    return page.items.map(({ operationId }) => operationId);
  };

  test('find operations by their kind', async () => {
    expect(await ids('suspend')).toEqual([suspension]);
    expect(await ids('resume')).toEqual([]);
    expect(await ids('provision')).toHaveLength(100);
  });

  test.each<OperationKind>(['provision', 'suspend', 'deprovision'])(
    'read operations of kind %s from an index',
    async (kind) => {
      const plan = await planOf((db) => listOperations(db, { kind, limit: 50 }));
      expect(plan).toMatch(/Index Scan using operation_page(_of_kind)? on operation/);
      expect(plan).not.toMatch(/Seq Scan on operation\s|Sort/);
    },
  );

  test('read open operations, those of one tenant, and those of a plan from an index each', async () => {
    const plans = {
      open: await planOf((db) => listOperations(db, { open: true, limit: 50 })),
      tenant: await planOf((db) => listOperations(db, { tenantId: 'many7', limit: 50 })),
      plan: await planOf((db) => listOperations(db, { plan: 'enterprise', limit: 50 })),
    };
    expect(plans.open).toMatch(/using operation_(page_of_)?open /);
    expect(plans.tenant).toContain('using operation_page_of_tenant ');
    expect(plans.plan).toContain('using operation_page_of_plan ');
    expect(Object.values(plans).join('\n')).not.toMatch(/Seq Scan on operation\s/);
  });

  test('look up the suspension of a tenant in an index', async () => {
    const plan = await planOf((db) => listTenants(db, { state: 'suspended', limit: 50 }));
    expect(plan).toContain('operation_suspension');
    expect(plan).not.toContain('Seq Scan on operation change');
  });
});
