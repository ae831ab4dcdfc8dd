import path from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import type { TenantState } from '../../../contract/tenants/states';
import { transaction, violatedConstraint } from '../../../registry/database';
import { grantRunTime, MIGRATIONS_TABLE } from '../../../registry/grants';
import { acceptOrder } from '../../../registry/operations/acceptance';
import { listTenants, readTenant } from '../../../registry/views/tenants';
import { loadTemplates } from '../../../templates/load';
import { order } from '../../helpers/api';
import { createTestDatabase, hasPostgres, openTestRegistry, type TestRegistry } from '../../helpers/registry';

const suite = hasPostgres() ? describe : describe.skip;
if (!hasPostgres()) test.todo('the migration to tenants: not run, this machine has no PostgreSQL');

/** Number of migrations in 0.2.0. */
const MIGRATIONS_BEFORE = 17;

/** The operations of 0.2.0: the tenant's name, its number among those of this name, the status, and the state its tenant gets. */
const OPERATIONS: readonly (readonly [name: string, number: number, status: string, state: TenantState])[] = [
  ['again', 1, 'failed', 'gone'],
  ['again', 2, 'rejected', 'gone'],
  ['again', 3, 'active', 'active'],
  ['free', 1, 'cancelled', 'gone'],
  ['free', 2, 'failed', 'gone'],
  ['new', 1, 'pending', 'provisioning'],
  ['checked', 1, 'validating', 'provisioning'],
  ['asked', 1, 'awaiting_approval', 'provisioning'],
  ['made', 1, 'provisioning', 'provisioning'],
  ['paused', 1, 'on_hold', 'provisioning'],
  ['undone', 1, 'compensating', 'provisioning'],
  ['stuck', 1, 'needs_operator', 'provisioning'],
  ['meanwhile', 1, 'provisioning', 'active'],
];

const template = loadTemplates('templates').get('starter');
const tenantOf = (name: string, number = 1): string => `${name}${number}`.padEnd(16, 'x');
const operationOf = (name: string, number = 1): string => `op_${tenantOf(name, number)}`;

suite('a registry of 0.2.0 that is migrated', () => {
  let registry: TestRegistry;
  let dropDatabase: () => Promise<void>;
  /** Pool of an API and a worker of 0.2.0, which go on while the registry is migrated. */
  let old: pg.Pool;

  beforeAll(async () => {
    const { logins, drop } = await createTestDatabase();
    dropDatabase = drop;
    old = new pg.Pool({ connectionString: logins.url, max: 2 });
    await migrate(logins.ownerUrl, MIGRATIONS_BEFORE);
    await grant(logins);
    for (const [name, number, status] of OPERATIONS) await acceptAsBefore(name, number, status);
    const active = tenantOf('again', 3);
    await old.query(
      `insert into resource (tenant_id, operation_id, step, kind, provider, region, name, state)
       values ($1, $2, 'database', 'pooled-share', 'postgres', 'eu-central', 'share', 'present')`,
      [active, operationOf('again', 3)],
    );
    await old.query(`insert into claim (tenant_id, token_hash, expires_at) values ($1, '\\x00', now())`, [active]);
    await old.query(
      `insert into reservation (tenant_id, kind, region, cell, units) values ($1, 'database', 'eu-central', 'cell-1', 1)`,
      [active],
    );
    await migrate(logins.ownerUrl, 1);
    // Before the owner grants the rights on the new table.
    await moveAsBefore('meanwhile', 'active');
    registry = await openTestRegistry(logins);
  });
  afterAll(async () => {
    await old.end();
    await registry.drop();
    await dropDatabase();
  });

  async function migrate(databaseUrl: string, count: number): Promise<void> {
    await runner({
      ...{ databaseUrl, dir: path.resolve('registry/migrations'), direction: 'up', count, log: () => {} },
      migrationsTable: MIGRATIONS_TABLE,
    });
  }
  async function grant({ url, ownerUrl }: { url: string; ownerUrl: string }): Promise<void> {
    const owner = new pg.Pool({ connectionString: ownerUrl, max: 1 });
    await transaction(owner, (client) => grantRunTime(client, new URL(url).username));
    await owner.end();
  }

  /** Inserts an order with the statement of 0.2.0. */
  async function acceptAsBefore(name: string, number: number, status = 'pending'): Promise<void> {
    await old.query(
      `insert into operation (operation_id, tenant_id, tenant_name, name_look, plan, residency, template, caller, idempotency_key,
         request_hash, order_ciphertext, approval_keys, organization_hash, custom_domain, status, region)
       values ($1, $2, $3, translate($3, '01', 'ol'), 'starter', null, $4, 'token:signup', null, '\\x00', '\\x00', '{}', $5, $6, $7,
         'eu-central')`,
      [
        ...[operationOf(name, number), tenantOf(name, number), name, JSON.stringify(template)],
        ...[Buffer.from(name), `${name}.example.com`, status],
      ],
    );
  }
  /** Moves the first operation of this name as a worker of 0.2.0 does. */
  const moveAsBefore = (name: string, status: string): Promise<unknown> =>
    old.query(`update operation set status = $2, updated_at = now() where operation_id = $1`, [
      operationOf(name),
      status,
    ]);
  const violated = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => 'nothing',
      (error: unknown) => violatedConstraint(error) ?? error,
    );
  const stateOf = async (name: string, number = 1): Promise<TenantState | undefined> =>
    (await readTenant(registry.pool, tenantOf(name, number)))?.state;
  const accept = (changes: Parameters<typeof order>[0]) =>
    acceptOrder(registry.pool, registry.keys, {
      ...{ caller: 'token:signup', requestHash: Buffer.alloc(32), order: order(changes), template },
      approvalsRequired: [],
    });

  test.each(OPERATIONS)('%s%i, whose operation was %s, has a tenant that is %s', async (name, number, _, state) => {
    expect(await stateOf(name, number)).toBe(state);
  });

  test('shows its tenants with what was made for them', async () => {
    const { items } = await listTenants(registry.pool, { limit: 100 });
    const held = OPERATIONS.filter(([, , , state]) => state !== 'gone').map(([name]) => name);
    expect(items.map(({ tenantName }) => tenantName).sort()).toEqual(expect.arrayContaining(held.sort()));
    expect(items.map(({ state }) => state)).not.toContain('gone');
    expect(await readTenant(registry.pool, tenantOf('again', 3))).toMatchObject({
      ...{ tenantName: 'again', plan: 'starter', region: 'eu-central', state: 'active', status: 'active' },
      ...{ operationId: operationOf('again', 3), placement: { database: 'cell-1' } },
      resources: [{ kind: 'pooled-share', state: 'present' }],
    });
  });

  test('refuses orders for names, look-alikes and domains that its tenants hold, and accepts those that are free', async () => {
    expect(await accept({ tenantName: 'again' })).toEqual({ outcome: 'name-taken' });
    expect(await accept({ tenantName: 'stuck' })).toEqual({ outcome: 'name-taken' });
    expect(await accept({ configuration: { customDomain: 'again.example.com' } })).toEqual({ outcome: 'domain-taken' });
    const free = { tenantName: 'free', configuration: { customDomain: 'free.example.com' } };
    expect(await accept(free)).toMatchObject({ outcome: 'accepted' });
    expect(await accept({ tenantName: 'free' })).toEqual({ outcome: 'name-taken' });
  });

  test('lets open runs of 0.2.0 end, and their tenants follow', async () => {
    await moveAsBefore('made', 'active');
    expect(await stateOf('made')).toBe('active');
    await moveAsBefore('undone', 'needs_operator');
    expect(await stateOf('undone')).toBe('provisioning');
    await moveAsBefore('undone', 'failed');
    expect(await stateOf('undone')).toBe('gone');
    expect(await accept({ tenantName: 'undone' })).toMatchObject({ outcome: 'accepted' });
  });

  test('tells a worker of 0.2.0 about a domain that is held as it knows it, and carries over one that is free', async () => {
    const hold = (domain: string): Promise<unknown> =>
      old.query(`update operation set custom_domain = $2 where operation_id = $1`, [operationOf('checked'), domain]);
    expect(await violated(hold('again.example.com'))).toBe('operation_domain_held');
    expect(await violated(hold('changed.example.com'))).toBe('nothing');
    const { rows } = await old.query(`select custom_domain, region from tenant where tenant_id = $1`, [
      tenantOf('checked'),
    ]);
    expect(rows).toEqual([{ custom_domain: 'changed.example.com', region: 'eu-central' }]);
  });

  test('takes orders from an API of 0.2.0 that still answers, and refuses names as it knows it', async () => {
    await acceptAsBefore('late', 1);
    expect(await stateOf('late')).toBe('provisioning');
    expect(await violated(acceptAsBefore('late', 2))).toBe('operation_name_held');
    expect(await violated(acceptAsBefore('1ate', 1))).toBe('operation_look_held');
  });

  test('forgets a tenant’s organization when a worker of 0.2.0 destroys its key', async () => {
    const find = () => listTenants(registry.pool, { limit: 10, organization: Buffer.from('asked') });
    expect((await find()).items).toHaveLength(1);
    await old.query(`update operation set organization_hash = null where tenant_id = $1`, [tenantOf('asked')]);
    expect((await find()).items).toEqual([]);
  });
});
