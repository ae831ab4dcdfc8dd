import { Client } from 'pg';
import { POSTGRES_VERSIONS, startClusters, type Clusters } from './clusters';
import { provision, type Tenant } from './tenant';

describe.each(POSTGRES_VERSIONS)('removing a tenant with data, on $title', ({ bin }) => {
  let clusters: Clusters;
  beforeAll(async () => {
    clusters = await startClusters(bin);
  }, 120_000);
  afterAll(() => clusters?.stop());

  const rowsOf = async ({ tenantId }: { tenantId: string }): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {};
    for (const table of ['tenant', 'project', 'item', 'setting', 'health_check']) {
      const sql = `select count(*)::int as count from app.${table} where tenant_id = $1`;
      counts[table] = (await clusters.superuser<{ count: number }>(sql, [tenantId], 'app_pool')).rows[0]!.count;
    }
    return counts;
  };

  async function fill({ tenantId }: Tenant, items: number): Promise<void> {
    await clusters.superuser(
      `insert into app.item (tenant_id, project_id, title) select $1, (select id from app.project where tenant_id = $1), n::text
       from generate_series(1, $2::int) n`,
      [tenantId, items],
      'app_pool',
    );
    await clusters.superuser(
      `insert into app.setting (tenant_id, key, value) values ($1, 'a', '1')`,
      [tenantId],
      'app_pool',
    );
  }

  test('takes all rows of a pooled tenant, more than fit into one portion, and none of its neighbour', async () => {
    const { pooledShare } = clusters.postgres;
    const [leaving, neighbour] = [
      await provision(clusters.postgres, 'pooled'),
      await provision(clusters.postgres, 'pooled'),
    ];
    await fill(leaving, 12_001);
    await fill(neighbour, 3);
    const context = { ...leaving.contextOf(pooledShare), spec: undefined };
    await pooledShare.remove(context);
    expect(await pooledShare.find(context)).toEqual({ state: 'absent' });
    expect(await rowsOf(leaving)).toEqual({ tenant: 0, project: 0, item: 0, setting: 0, health_check: 0 });
    expect(await rowsOf(neighbour)).toMatchObject({ tenant: 1, project: 1, item: 3, setting: 1 });
    await pooledShare.remove(context);
    await neighbour.remove();
  });

  test('an interrupted removal of rows goes on where it stopped', async () => {
    const { pooledShare } = clusters.postgres;
    const leaving = await provision(clusters.postgres, 'pooled');
    await fill(leaving, 30_000);
    const stop = new AbortController();
    const removing = pooledShare.remove({ ...leaving.contextOf(pooledShare), spec: undefined, signal: stop.signal });
    const settled = removing.then(
      () => 'removed',
      () => 'interrupted',
    );
    while ((await rowsOf(leaving)).item === 30_000);
    stop.abort();
    const how = await settled;
    // The share stands as long as its row does, which goes last.
    if (how === 'interrupted') expect(await rowsOf(leaving)).toMatchObject({ tenant: 1 });
    await pooledShare.remove({ ...leaving.contextOf(pooledShare), spec: undefined });
    expect(await rowsOf(leaving)).toMatchObject({ tenant: 0, item: 0 });
  });

  test.each(['schema', 'database'] as const)(
    'takes a tenant with its own %s, hundreds of tables and open sessions',
    async (isolation) => {
      const leaving = await provision(clusters.postgres, isolation);
      const { tenantId } = leaving;
      const name = `t_${tenantId}`;
      const database = isolation === 'schema' ? 'app_schemas' : name;
      const made = Array.from({ length: 250 }, (_, n) => `create table ${name}.own_${n} (id int primary key)`).join(
        ';',
      );
      await clusters.superuser(`set role ${name}_owner; ${made}`, undefined, database);
      await clusters.superuser(
        `create view ${name}.seen as select * from ${name}.own_1; alter view ${name}.seen owner to ${name}_owner`,
        undefined,
        database,
      );
      const session = new Client({ connectionString: clusters.url(database, `${name}_app`, leaving.passwords.app) });
      session.on('error', () => undefined);
      await session.connect();
      await session.query(`begin; select * from ${name}.project`);
      await leaving.remove();
      await session.end().catch(() => undefined);
      const roles = await clusters.superuser('select from pg_roles where rolname like $1', [`${name}%`]);
      const schemas = await clusters.superuser('select from pg_namespace where nspname = $1', [name], 'app_schemas');
      const databases = await clusters.superuser('select from pg_database where datname = $1', [name]);
      expect([roles.rowCount, schemas.rowCount, databases.rowCount]).toEqual([0, 0, 0]);
    },
  );
});
