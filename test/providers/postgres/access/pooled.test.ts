import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Client } from 'pg';
import { CELL, POSTGRES_VERSIONS, REGION, startClusters, type Clusters } from '../clusters';
import type { Tenant } from '../tenant';
import { createBench, DENIED, EVERY, type Bench, type Subject } from './bench';

const TABLES = ['project', 'item', 'setting', 'health_check'];

describe.each(POSTGRES_VERSIONS)('access to shared tables on $title', ({ bin }) => {
  let clusters: Clusters;
  let bench: Bench;
  beforeAll(async () => {
    clusters = await startClusters(bin);
    bench = createBench(clusters);
  }, 120_000);
  afterEach(() => bench.clear());
  afterAll(() => clusters?.stop());

  let pool: Client;
  let tenant: Tenant;
  let neighbour: Tenant;
  let subject: Subject;
  beforeEach(async () => {
    tenant = await bench.tenant('pooled');
    neighbour = await bench.tenant('pooled');
    subject = bench.subject(tenant, 'pooledShare');
    pool = await bench.connect(tenant, 'pool');
    for (const { tenantId } of [tenant, neighbour]) {
      await begin(pool, tenantId);
      await pool.query(
        `insert into app.item (tenant_id, project_id, title) select tenant_id, id, 'Item' from app.project;
         insert into app.setting (tenant_id, key, value) select tenant_id, 'k', '1' from app.project;
         insert into app.health_check (tenant_id, id) select tenant_id, 'kept' from app.project`,
      );
      await pool.query('commit');
    }
  });

  async function begin(client: Client, tenantId: string, how = ''): Promise<void> {
    await client.query(`begin ${how}`);
    await client.query(`select set_config('app.tenant', $1, true)`, [tenantId]);
  }
  /** Rows that a statement reaches as a tenant, or the code with which the server denies it. Nothing is kept. */
  async function reach({ tenantId }: Tenant, sql: string): Promise<number | string> {
    await begin(pool, tenantId);
    try {
      return (await pool.query(sql)).rowCount ?? 0;
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await pool.query('rollback');
    }
  }
  const reads = (of: Tenant) =>
    each(
      of,
      TABLES.map((table) => `select from app.${table}`),
    );
  const updates = (of: Tenant) =>
    each(
      of,
      TABLES.map((table) => `update app.${table} set tenant_id = tenant_id`),
    );
  const deletes = (of: Tenant) =>
    each(
      of,
      TABLES.map((table) => `delete from app.${table}`),
    );
  const inserts = (of: Tenant) =>
    each(of, [
      `insert into app.project (tenant_id, name) values ('${of.tenantId}', 'new')`,
      `insert into app.item (tenant_id, project_id, title) values ('${of.tenantId}', gen_random_uuid(), 'new')`,
      `insert into app.setting (tenant_id, key, value) values ('${of.tenantId}', 'new', '1')`,
      `insert into app.health_check (tenant_id, id) values ('${of.tenantId}', 'new')`,
    ]);
  async function each(of: Tenant, statements: string[]): Promise<(number | string)[]> {
    const results: (number | string)[] = [];
    for (const statement of statements) results.push(await reach(of, statement));
    return results;
  }
  const ones = [1, 1, 1, 1];
  const none = [0, 0, 0, 0];
  const denied = TABLES.map(() => DENIED.code);
  async function expectOpen(of: Tenant): Promise<void> {
    expect(await reads(of)).toEqual(ones);
    // The new item's project does not exist: the foreign key is checked after the policy.
    expect(await inserts(of)).toEqual([1, '23503', 1, 1]);
    expect(await updates(of)).toEqual(ones);
    expect(await deletes(of)).toEqual(ones);
  }
  const rowsOf = ({ tenantId }: Tenant) =>
    clusters
      .superuser(
        `select (select jsonb_agg(to_jsonb(p) order by id) from app.project p where tenant_id = $1) as project,
           (select jsonb_agg(to_jsonb(i) order by id) from app.item i where tenant_id = $1) as item,
           (select jsonb_agg(to_jsonb(s)) from app.setting s where tenant_id = $1) as setting,
           (select jsonb_agg(to_jsonb(h)) from app.health_check h where tenant_id = $1) as health_check`,
        [tenantId],
        'app_pool',
      )
      .then(({ rows }) => rows);

  test('closed: no row of any table can be read or written, and the neighbour’s still can', async () => {
    await subject.update('closed');
    expect(await reads(tenant)).toEqual(none);
    expect(await inserts(tenant)).toEqual(denied);
    expect(await updates(tenant)).toEqual(none);
    expect(await deletes(tenant)).toEqual(none);
    await expectOpen(neighbour);
  });

  test('read-only: every row can be read, and none written', async () => {
    await subject.update('read-only');
    expect(await reads(tenant)).toEqual(ones);
    expect(await inserts(tenant)).toEqual(denied);
    expect(await updates(tenant)).toEqual(denied);
    expect(await deletes(tenant)).toEqual(none);
    expect(await reach(tenant, 'select from app.project for update')).toBe(1);
    await expectOpen(neighbour);
  });

  test('open again: the same rows, which can be read and written', async () => {
    const before = await rowsOf(tenant);
    for (const access of EVERY.toReversed()) {
      await subject.update(access);
      await subject.access();
    }
    expect(await rowsOf(tenant)).toEqual(before);
    await expectOpen(tenant);
  });

  test('the application sees a tenant’s access and cannot change it', async () => {
    await subject.update('closed');
    await begin(pool, tenant.tenantId);
    expect((await pool.query('select access from app.tenant')).rows).toEqual([{ access: 'closed' }]);
    await pool.query('rollback');
    expect(await reach(tenant, `update app.tenant set access = 'open'`)).toBe(DENIED.code);
    expect(await reach(tenant, `drop policy access on app.project`)).toBe(DENIED.code);
    expect(await reach(tenant, `set local role app_pool_owner`)).toBe(DENIED.code);
  });

  test('an open transaction loses the access at its next statement', async () => {
    await begin(pool, tenant.tenantId);
    expect((await pool.query('select from app.project')).rowCount).toBe(1);
    await subject.update('closed');
    expect((await pool.query('select from app.project')).rowCount).toBe(0);
    await expect(
      pool.query(`insert into app.project (tenant_id, name) values ($1, 'x')`, [tenant.tenantId]),
    ).rejects.toMatchObject(DENIED);
    await pool.query('rollback');
  });

  test('a transaction that keeps an earlier snapshot delays the change until it ends, and is not ended', async () => {
    const older = await bench.connect(tenant, 'pool');
    await begin(older, neighbour.tenantId, 'isolation level repeatable read');
    expect((await older.query('select from app.project')).rowCount).toBe(1);
    const { rows } = await older.query<{ pid: number }>('select pg_backend_pid() as pid');
    await expect(subject.update('closed')).rejects.toMatchObject({
      type: 'ProviderUnavailable',
      message: expect.stringContaining(`processes ${rows[0]!.pid} of cell ${CELL}`),
    });
    const repeated = subject.update('closed');
    await older.query('commit');
    await repeated;
    expect(await subject.access()).toBe('closed');
  });

  test('a transaction that began after the change does not delay its repetition', async () => {
    await subject.update('closed');
    const later = await bench.connect(tenant, 'pool');
    await begin(later, neighbour.tenantId, 'isolation level repeatable read');
    await later.query('select from app.project');
    await subject.update('closed');
  });

  test('the access is looked up once a statement, however many rows it reads', async () => {
    await clusters.superuser(
      `insert into app.setting (tenant_id, key, value) select $1, 'k' || n, '1' from generate_series(1, 2000) n`,
      [tenant.tenantId],
      'app_pool',
    );
    await begin(pool, tenant.tenantId);
    const { rows } = await pool.query<Record<string, string>>(
      'explain (analyze, costs off, timing off, summary off) select * from app.setting',
    );
    await pool.query('rollback');
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/on setting_p\d\d setting_\d+ \(actual rows=2001(?:\.00)? loops=1\)/);
    const lookups = plan.split('\n').filter((line) => / on tenant/.test(line));
    expect(lookups).toHaveLength(1);
    expect(lookups[0]).toMatch(/loops=1\)/);
  });

  test('a closed tenant is backed up and restored, and stays closed', async () => {
    const BACKUP = 'bk_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60';
    const share = {
      region: REGION,
      cell: CELL,
      signal: AbortSignal.timeout(60_000),
      tenantId: tenant.tenantId,
      isolation: tenant.isolation,
    };
    const dump = async () => {
      const out = new PassThrough();
      const chunks: Buffer[] = [];
      out.on('data', (chunk: Buffer) => chunks.push(chunk));
      const { tables } = await clusters.postgres.dump(share, BACKUP, out);
      out.end();
      await once(out, 'close');
      return { tables, script: Buffer.concat(chunks) };
    };
    const restore = (script: Buffer, into: 'scratch' | 'tenant') =>
      clusters.postgres.restore(
        share,
        { backupId: BACKUP, into },
        (async function* () {
          yield script;
        })(),
      );
    const open = await dump();
    await subject.update('closed');
    const closed = await dump();
    expect(closed.tables).toEqual(open.tables);
    expect(closed.tables.map(({ name, rows }) => [name, rows])).toEqual(
      expect.arrayContaining(['tenant', ...TABLES].map((name) => [name, 1])),
    );
    await restore(closed.script, 'scratch');
    await restore(open.script, 'tenant');
    expect(await subject.access()).toBe('closed');
    await subject.update('open');
    await restore(closed.script, 'tenant');
    await expectOpen(tenant);
  });

  test('tables that an earlier release marked as its own version are brought to the newest again', async () => {
    await subject.update('closed');
    await clusters.superuser(
      `comment on schema app is 'managed-by=tenant-provisioner version=0001'; comment on database app_pool is 'managed-by=tenant-provisioner prepared=earlier'`,
      undefined,
      'app_pool',
    );
    await clusters.postgres.prepare();
    expect(await subject.access()).toBe('closed');
    expect(await subject.find()).toMatchObject({ facts: { version: '0002' } });
    await expectOpen(neighbour);
  });
});
