import { Client } from 'pg';
import { PROBE_TENANT_ID } from '../../contract/ids';
import type { Isolation } from '../../contract/order';
import { POSTGRES_VERSIONS, query, startClusters, type Clusters } from './postgres-clusters';
import { provision, type Tenant } from './postgres-tenant';

/** A hole that must be noticed: what opens it, in which database, and how it is closed again. `T` is the tenant's name. */
interface Hole {
  isolation: Isolation;
  hole: string;
  noticedBy: string;
  database: string;
  open: string;
  close: string;
}

const pooled = (hole: string, noticedBy: string, open: string, close: string): Hole => ({
  isolation: 'pooled',
  hole,
  noticedBy,
  database: 'app_pool',
  open,
  close,
});

const schema = (hole: string, noticedBy: string, open: string, close: string, database = 'app_schemas'): Hole => ({
  isolation: 'schema',
  hole,
  noticedBy,
  database,
  open,
  close,
});

const USING = `(tenant_id = (select nullif(current_setting('app.tenant', true), '')))`;
const PROJECT_POLICY = `create policy own_tenant on app.project using ${USING} with check ${USING}`;

const HOLES: Hole[] = [
  pooled(
    'row-level security switched off',
    'probe-read',
    'alter table app.project disable row level security',
    'alter table app.project enable row level security',
  ),
  pooled(
    'row-level security not forced',
    'row-security',
    'alter table app.item no force row level security',
    'alter table app.item force row level security',
  ),
  pooled(
    'a policy that lets everything through',
    'unset',
    'create policy hole on app.project using (true)',
    'drop policy hole on app.project',
  ),
  pooled(
    'a policy without a check of what is written',
    'probe-insert',
    `drop policy own_tenant on app.project; create policy own_tenant on app.project using ${USING} with check (true)`,
    `drop policy own_tenant on app.project; ${PROJECT_POLICY}`,
  ),
  pooled(
    'a policy that takes an empty setting for all tenants',
    'reused',
    `create policy hole on app.project for select using (current_setting('app.tenant', true) = '')`,
    'drop policy hole on app.project',
  ),
  pooled(
    'a grant on a partition',
    'privileges',
    'grant select on app.project_p03 to app_pool',
    'revoke select on app.project_p03 from app_pool',
  ),
  pooled(
    'a grant to truncate',
    'no-truncate',
    'grant truncate on app.item to app_pool',
    'revoke truncate on app.item from app_pool',
  ),
  pooled(
    'a login that skips row-level security',
    'attributes',
    'alter role app_pool bypassrls',
    'alter role app_pool nobypassrls',
  ),
  pooled(
    'a login that can become the owner',
    'not-owner',
    'grant app_pool_owner to app_pool',
    'revoke app_pool_owner from app_pool',
  ),
  pooled(
    'a login that owns something',
    'owns-nothing',
    'create table app.hole (id int); alter table app.hole owner to app_pool',
    'drop table app.hole',
  ),
  pooled(
    'a login that makes tables',
    'no-public-ddl',
    'grant create on schema public to app_pool',
    'revoke create on schema public from app_pool',
  ),
  pooled(
    'a login that gets into another database',
    'not-in-app_schemas',
    'grant connect on database app_schemas to app_pool',
    'revoke connect on database app_schemas from app_pool',
  ),
  pooled(
    'a login that makes tenants',
    'no-tenant',
    'grant insert on app.tenant to app_pool; create policy hole on app.tenant for insert with check (true)',
    'revoke insert on app.tenant from app_pool; drop policy hole on app.tenant',
  ),
  schema(
    'row-level security not forced',
    'row-security',
    'alter table T.item no force row level security',
    'alter table T.item force row level security',
  ),
  schema(
    'a grant on the probe tenant’s schema',
    'not-probe',
    `grant usage on schema t_${PROBE_TENANT_ID} to T_app; grant select on t_${PROBE_TENANT_ID}.project to T_app`,
    `revoke usage on schema t_${PROBE_TENANT_ID} from T_app; revoke select on t_${PROBE_TENANT_ID}.project from T_app`,
  ),
  schema(
    'a grant to the probe tenant',
    'from-probe',
    `grant usage on schema T to t_${PROBE_TENANT_ID}_app; grant select on T.project to t_${PROBE_TENANT_ID}_app`,
    `revoke usage on schema T from t_${PROBE_TENANT_ID}_app; revoke select on T.project from t_${PROBE_TENANT_ID}_app`,
  ),
  schema('a login that can become the owner', 'not-owner', 'grant T_owner to T_app', 'revoke T_owner from T_app'),
  schema(
    'a login that makes tables',
    'no-own-ddl',
    'grant create on schema T to T_app',
    'revoke create on schema T from T_app',
  ),
  schema(
    'a login that makes schemas',
    'no-schema',
    'grant create on database app_schemas to T_app',
    'revoke create on database app_schemas from T_app',
  ),
  schema('a login with a special right', 'attributes', 'alter role T_app createdb', 'alter role T_app nocreatedb'),
  schema(
    'a login that gets into another database',
    'not-in-app_pool',
    'grant connect on database app_pool to T_app',
    'revoke connect on database app_pool from T_app',
  ),
  schema(
    'a read-only login that writes',
    'readonly-writes-not',
    'grant insert on T.health_check to T_readonly',
    'revoke insert on T.health_check from T_readonly',
  ),
  schema(
    'a database that is open to everybody',
    'no-other-database',
    'grant connect on database template1 to public',
    'revoke connect on database template1 from public',
  ),
];

describe.each(POSTGRES_VERSIONS)('on $title', ({ bin }) => {
  let clusters: Clusters;
  const tenants = new Map<Isolation, Tenant>();
  beforeAll(async () => {
    clusters = await startClusters(bin);
    for (const isolation of ['pooled', 'schema', 'database'] as const)
      tenants.set(isolation, await provision(clusters.postgres, isolation));
  }, 120_000);
  afterAll(() => clusters?.stop());

  const failed = async (tenant: Tenant): Promise<string[]> =>
    (await tenant.verify()).filter(({ passed }) => !passed).map(({ id }) => id);

  test.each(['pooled', 'schema', 'database'] as const)('a %s tenant passes every check', async (isolation) => {
    const checks = await tenants.get(isolation)!.verify();
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(checks.length).toBeGreaterThan(15);
    expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  });

  test('the checks leave nothing behind', async () => {
    const { tenantId } = tenants.get('schema')!;
    const counts = await Promise.all([
      clusters.superuser('select from app.health_check', [], 'app_pool'),
      clusters.superuser(`select from app.project where name <> 'Default'`, [], 'app_pool'),
      clusters.superuser(`select from t_${tenantId}.health_check`, [], 'app_schemas'),
      clusters.superuser(
        `select from pg_tables where schemaname = 'public' or tablename = 'verify'`,
        [],
        'app_schemas',
      ),
    ]);
    expect(counts.map(({ rowCount }) => rowCount)).toEqual([0, 0, 0, 0]);
  });

  test.each(HOLES)('$isolation: $hole is noticed', async ({ isolation, noticedBy, database, open, close }) => {
    const tenant = tenants.get(isolation)!;
    const named = (sql: string): string => sql.replace(/\bT(?=[_.\s]|$)/g, `t_${tenant.tenantId}`);
    await clusters.superuser(named(open), undefined, database);
    try {
      expect(await failed(tenant)).toContain(`database.${noticedBy}`);
    } finally {
      await clusters.superuser(named(close), undefined, database);
    }
    expect(await failed(tenant)).toEqual([]);
  });

  test('a wrong password is an answer, a server that is not there is an error', async () => {
    const { tenantId } = tenants.get('schema')!;
    const expected = { region: 'eu-central', tenantId, isolation: 'schema' as const, passwords: { app: 'wrong' } };
    const signal = AbortSignal.timeout(60_000);
    expect(await clusters.postgres.verifyDatabase({ ...expected, cell: 'cell-1', signal })).toEqual([
      expect.objectContaining({ id: 'database.login', passed: false, answered: '28P01' }),
    ]);
    await expect(clusters.postgres.verifyDatabase({ ...expected, cell: 'no-such-cell', signal })).rejects.toMatchObject(
      { type: 'ProviderRefused' },
    );
  });

  test('pairwise, no tenant’s login gets into another’s schema or database', async () => {
    const others = await Promise.all([
      provision(clusters.postgres, 'schema'),
      provision(clusters.postgres, 'database'),
    ]);
    const all = [...others, tenants.get('schema')!, tenants.get('database')!];
    const home = ({ tenantId, isolation }: Tenant): string =>
      isolation === 'schema' ? 'app_schemas' : `t_${tenantId}`;
    for (const one of all)
      for (const other of all.filter((entry) => entry !== one)) {
        const url = clusters.url(home(other), `t_${one.tenantId}_app`, one.passwords.app);
        await expect(query(url, `select * from t_${other.tenantId}.project`)).rejects.toMatchObject({ code: '42501' });
      }
    for (const tenant of others) await tenant.remove();
  });

  test('a pooled tenant goes with its rows from every shared table', async () => {
    const tenant = await provision(clusters.postgres, 'pooled');
    const url = clusters.url('app_pool', 'app_pool', (await clusters.secrets.read('eu-central/cell-1/app_pool'))!);
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query('begin');
    await client.query(`select set_config('app.tenant', $1, true)`, [tenant.tenantId]);
    await client.query(
      `with p as (insert into app.project (tenant_id, name) values ($1, 'x') returning id)
       insert into app.item (tenant_id, project_id, title) select $1, id, 'y' from p`,
      [tenant.tenantId],
    );
    await client.query(`insert into app.setting values ($1, 'k', '1')`, [tenant.tenantId]);
    await client.query('commit');
    await client.end();

    await tenant.remove();
    for (const table of ['tenant', 'project', 'item', 'setting', 'health_check']) {
      const { rowCount } = await clusters.superuser(
        `select from app.${table} where tenant_id = $1`,
        [tenant.tenantId],
        'app_pool',
      );
      expect([table, rowCount]).toEqual([table, 0]);
    }
  });

  test.each(['schema', 'database'] as const)(
    'a %s tenant is removed though it is connected, and leaves no role',
    async (isolation) => {
      const tenant = await provision(clusters.postgres, isolation);
      const database = isolation === 'schema' ? 'app_schemas' : `t_${tenant.tenantId}`;
      const client = new Client({
        connectionString: clusters.url(database, `t_${tenant.tenantId}_app`, tenant.passwords.app),
      });
      const broken = new Promise((resolve) => client.on('error', () => undefined).once('end', resolve));
      await client.connect();
      await client.query('begin; select from project');
      await tenant.remove();
      await broken;
      const { rows } = await clusters.superuser('select rolname from pg_roles where rolname like $1', [
        `t_${tenant.tenantId}%`,
      ]);
      expect(rows).toEqual([]);
    },
  );

  test('a database goes before its logins, though one is connected', async () => {
    const tenant = await provision(clusters.postgres, 'database');
    const name = `t_${tenant.tenantId}`;
    const client = new Client({ connectionString: clusters.url(name, `${name}_app`, tenant.passwords.app) });
    const broken = new Promise((resolve) => client.on('error', () => undefined).once('end', resolve));
    await client.connect();
    const { database } = clusters.postgres;
    await database.remove({
      ...{ tenantId: tenant.tenantId, name, operationId: 'op', region: 'eu-central', cell: 'cell-1', spec: undefined },
      ...{ id: undefined, intendedAt: new Date(), idempotencyKey: '', signal: AbortSignal.timeout(20_000) },
      secrets: clusters.secrets,
    });
    await broken;
    await tenant.remove();
    const { rowCount } = await clusters.superuser('select from pg_roles where rolname like $1', [`${name}%`]);
    expect(rowCount).toBe(0);
  });

  test('many tenants at once, and one tenant twice at once, are each made once', async () => {
    const ids = [
      'concurrent000000',
      'concurrent000000',
      ...Array.from({ length: 6 }, (_, i) => `concurrent00000${i + 1}`),
    ];
    for (const isolation of ['pooled', 'schema', 'database'] as const) {
      const results = await Promise.allSettled(ids.map((id) => provision(clusters.postgres, isolation, id)));
      // Whoever comes second may be told so; the next attempt finds it made.
      for (const [index, result] of results.entries())
        if (result.status === 'rejected') {
          expect(clusters.postgres.classify(result.reason, 'it')?.nonRetryable).toBe(false);
          expect(ids[index]).toBe('concurrent000000');
        }
      for (const id of new Set(ids)) {
        const tenant = await provision(clusters.postgres, isolation, id);
        await tenant.remove();
      }
    }
  });

  test('no password reaches the server in the clear', async () => {
    const { tenantId, passwords } = tenants.get('schema')!;
    const { rows } = await clusters.superuser<{ stored: string }>(
      'select rolpassword as stored from pg_authid where rolname = $1',
      [`t_${tenantId}_app`],
    );
    expect(rows[0]!.stored).toMatch(/^SCRAM-SHA-256\$4096:/);
    expect(rows[0]!.stored).not.toContain(passwords.app);
  });
});
