import { Client, type Pool } from 'pg';
import { tenantPool, withTenant, type Tenant as Named } from '../../clients/tenant-connection';
import { startClusters, type Clusters } from '../providers/postgres/clusters';
import { provision, type Tenant } from '../providers/postgres/tenant';
import { pgbouncerMissing, startPgbouncer } from '../helpers/providers/pgbouncer';

const missing = pgbouncerMissing();
if (missing) test.todo(`connections through PgBouncer: not run, ${missing}`);

let clusters: Clusters;
let one: Tenant;
let other: Tenant;
let own: Tenant;
let separate: Tenant;
let poolPassword: string;
let bouncer: Awaited<ReturnType<typeof startPgbouncer>> | undefined;
let serverPort: number;
beforeAll(async () => {
  clusters = await startClusters(undefined);
  one = await provision(clusters.postgres, 'pooled');
  other = await provision(clusters.postgres, 'pooled');
  own = await provision(clusters.postgres, 'schema');
  separate = await provision(clusters.postgres, 'database');
  poolPassword = (await clusters.secrets.read('eu-central/cell-1/app_pool'))!;
  serverPort = Number(new URL(clusters.url('postgres', '', '')).port);
  if (missing) return;
  const logins = [
    { user: 'app_pool', password: poolPassword },
    ...[own, separate].map(({ tenantId, passwords }) => ({ user: `t_${tenantId}_app`, password: passwords.app })),
  ];
  bouncer = await startPgbouncer({ serverPort, logins, database: 'app_pool' });
}, 120_000);
afterAll(async () => {
  await bouncer?.stop();
  await clusters?.stop();
});

const ways = [
  { way: 'straight to the server', port: () => serverPort },
  ...(missing ? [] : [{ way: 'through PgBouncer in transaction mode', port: () => bouncer!.port }]),
];

describe.each(ways)('$way', ({ port }) => {
  const pools: Pool[] = [];
  afterAll(() => Promise.all(pools.map((pool) => pool.end())));
  const open = (user: string, password: string, database: string): Pool => {
    const pool = tenantPool({ host: '127.0.0.1', port: port(), database, user, password, max: 4 });
    pools.push(pool);
    return pool;
  };
  const shared = (): Pool => open('app_pool', poolPassword, 'app_pool');
  const named = ({ tenantId, isolation }: Tenant): Named => ({ tenantId, isolation });

  test('tenants that take turns on the same connections see their own rows, and nothing stays behind', async () => {
    const pool = shared();
    const seen = await Promise.all(
      Array.from({ length: 40 }, async (_, turn) => {
        const tenant = turn % 2 === 0 ? one : other;
        const rows = await withTenant(pool, named(tenant), async (client) => {
          await client.query(
            `insert into setting (tenant_id, key, value) values ($1, $2, '1') on conflict do nothing`,
            [tenant.tenantId, `k${turn}`],
          );
          return (await client.query<{ tenant_id: string }>('select distinct tenant_id from setting')).rows;
        });
        return rows.every(({ tenant_id }) => tenant_id === tenant.tenantId);
      }),
    );
    expect(seen).toEqual(seen.map(() => true));
    const left = await Promise.all(
      Array.from({ length: 8 }, () =>
        pool.query<{ tenant: string | null }>(`select current_setting('app.tenant', true) as tenant from app.project`),
      ),
    );
    expect(left.map(({ rowCount }) => rowCount)).toEqual(left.map(() => 0));
  });

  test('a tenant’s own tables go by their bare names, in a schema as in a database', async () => {
    for (const tenant of [own, separate]) {
      const login = `t_${tenant.tenantId}_app`;
      const pool = open(
        login,
        tenant.passwords.app,
        tenant.isolation === 'schema' ? 'app_schemas' : `t_${tenant.tenantId}`,
      );
      const names = await withTenant(pool, named(tenant), (client) =>
        client.query<{ name: string }>('select name from project'),
      );
      expect(names.rows).toEqual([{ name: 'Default' }]);
    }
  });

  test('the audit trail keeps on whose behalf', async () => {
    const pool = open(`t_${own.tenantId}_app`, own.passwords.app, 'app_schemas');
    const work = { ...named(own), actor: 'user-17' };
    await withTenant(pool, work, (client) =>
      client.query(`insert into setting (key, value) values ('colour', '"red"') on conflict do nothing`),
    );
    await withTenant(pool, named(own), (client) => client.query(`delete from setting where key = 'colour'`));
    const { rows } = await withTenant(pool, named(own), (client) =>
      client.query<{ operation: string; actor: string | null }>(
        `select operation, actor from audit_log where row_key ->> 'key' = 'colour' order by id desc limit 2`,
      ),
    );
    expect(rows).toEqual([
      { operation: 'delete', actor: null },
      { operation: 'insert', actor: 'user-17' },
    ]);
  });

  test('what failed is not committed, not even when the work hides it, and the connection goes on', async () => {
    const pool = shared();
    const insert = `insert into project (tenant_id, name) values ($1, 'never')`;
    await expect(
      withTenant(pool, named(one), async (client) => {
        await client.query(insert, [one.tenantId]);
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await expect(
      withTenant(pool, named(one), async (client) => {
        await client.query(insert, [one.tenantId]);
        await client.query('select 1 / 0').catch(() => undefined);
      }),
    ).rejects.toThrow('Nothing was committed');
    const { rowCount } = await withTenant(pool, named(one), (client) =>
      client.query(`select from project where name = 'never'`),
    );
    expect(rowCount).toBe(0);
  });

  test('what is no tenant id opens nothing', async () => {
    await expect(
      withTenant(shared(), { tenantId: `x'; --`, isolation: 'pooled' }, () => Promise.resolve()),
    ).rejects.toThrow('Not a tenant id');
  });
});

(missing ? describe.skip : describe)('why the helper does what it does: through PgBouncer in transaction mode', () => {
  const login = () => ({
    host: '127.0.0.1',
    port: bouncer!.port,
    database: 'app_pool',
    user: 'app_pool',
    password: poolPassword,
  });

  test('a tenant set for the session is still set for whoever comes next', async () => {
    const [first, second] = [new Client(login()), new Client(login())];
    await Promise.all([first.connect(), second.connect()]);
    try {
      await first.query(`set app.tenant = '${one.tenantId}'`);
      const { rowCount } = await second.query('select from app.project');
      expect(rowCount).toBeGreaterThan(0);
      await first.query('reset app.tenant');
    } finally {
      await Promise.all([first.end(), second.end()]);
    }
  });

  test('a time-out sent at the start of a connection is refused', async () => {
    const client = new Client({ ...login(), statement_timeout: 1_000 });
    client.on('error', () => undefined);
    await expect(client.connect()).rejects.toThrow('unsupported startup parameter');
  });
});
