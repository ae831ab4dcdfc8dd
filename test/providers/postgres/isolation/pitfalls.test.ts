import fc from 'fast-check';
import { Client, escapeIdentifier, escapeLiteral, type QueryResult } from 'pg';
import { PROBE_TENANT_ID } from '../../../../contract/ids';
import { lastOf, POSTGRES_VERSIONS, startClusters, type Clusters } from '../clusters';
import { provision, type Tenant } from '../tenant';

/**
 * The known ways around row-level security, each tried on real tenants. Where PostgreSQL itself permits one, the test shows that it works
 * in general and is closed here.
 */
describe.each(POSTGRES_VERSIONS)('ways around row-level security on $title', ({ bin }) => {
  let clusters: Clusters;
  let one: Tenant;
  let other: Tenant;
  let own: Tenant;
  let login: Client;
  beforeAll(async () => {
    clusters = await startClusters(bin);
    one = await provision(clusters.postgres, 'pooled');
    other = await provision(clusters.postgres, 'pooled');
    own = await provision(clusters.postgres, 'schema');
    login = await connected('app_pool', 'app_pool', (await clusters.secrets.read('eu-central/cell-1/app_pool'))!);
  }, 180_000);
  afterAll(async () => {
    await login?.end();
    await clusters?.stop();
  });

  async function connected(database: string, user: string, password: string): Promise<Client> {
    const client = new Client({ connectionString: clusters.url(database, user, password) });
    await client.connect();
    return client;
  }

  /** Runs statements as the application for a pooled tenant, and rolls them back. */
  async function as(tenantId: string, ...statements: string[]): Promise<QueryResult<Record<string, unknown>>> {
    await login.query('begin');
    try {
      await login.query(`select set_config('app.tenant', $1, true)`, [tenantId]);
      let last: QueryResult<Record<string, unknown>>;
      for (const statement of statements) last = await login.query(statement);
      return last!;
    } finally {
      await login.query('rollback');
    }
  }

  /** Runs `work` while an object made by the superuser exists in a database. */
  async function withHole<T>(database: string, open: string, close: string, work: () => Promise<T>): Promise<T> {
    await clusters.superuser(open, undefined, database);
    try {
      return await work();
    } finally {
      await clusters.superuser(close, undefined, database);
    }
  }

  const refused = { code: '42501' };

  test('the server has the expected version', async () => {
    const { rows } = await clusters.superuser<{ server_version_num: string }>('show server_version_num');
    expect(Number(rows[0]!.server_version_num)).toBeGreaterThanOrEqual(bin === undefined ? 150_000 : 180_000);
  });

  test('owner, superuser, BYPASSRLS: no application login is any of these, nor owns its tables', async () => {
    const { rows } = await clusters.superuser(
      `select rolname from pg_roles where (rolname = 'app_pool' or rolname ~ '^t_.*_(app|readonly)$') and
         (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
          or exists (select from pg_shdepend where refclassid = 'pg_authid'::regclass and refobjid = pg_roles.oid and deptype = 'o'))
       union all
       select rolname from pg_roles where (rolname = 'app_pool_owner' or rolname ~ '^t_.*_owner$')
         and (rolsuper or rolbypassrls or rolcanlogin)`,
    );
    expect(rows).toEqual([]);
  });

  test('SET ROLE and SET SESSION AUTHORIZATION: no login becomes another', async () => {
    const client = await connected('app_schemas', `t_${own.tenantId}_app`, own.passwords.app);
    try {
      for (const role of [
        `t_${own.tenantId}_owner`,
        `t_${own.tenantId}_readonly`,
        `t_${PROBE_TENANT_ID}_app`,
        'app_pool',
        'provisioner',
        'postgres',
      ]) {
        await expect(client.query(`set role ${role}`)).rejects.toMatchObject(refused);
        await expect(client.query(`set session authorization ${role}`)).rejects.toMatchObject(refused);
      }
    } finally {
      await client.end();
    }
  });

  test('ENABLE without FORCE: even the owner sees no row without a tenant', async () => {
    const asOwner = 'set role app_pool_owner; select from app.project';
    const rowsOf = async (): Promise<number | null> => {
      return lastOf(await clusters.superuser(asOwner, undefined, 'app_pool')).rowCount;
    };
    expect(await rowsOf()).toBe(0);
    const seen = await withHole(
      'app_pool',
      'alter table app.project no force row level security',
      'alter table app.project force row level security',
      rowsOf,
    );
    expect(seen).toBeGreaterThanOrEqual(2);
  });

  test('USING without WITH CHECK: no row can be written for or moved to another tenant', async () => {
    const insert = `insert into app.project (tenant_id, name) values ('${other.tenantId}', 'x')`;
    await expect(as(one.tenantId, insert)).rejects.toMatchObject(refused);
    await expect(
      as(one.tenantId, `update app.project set tenant_id = '${other.tenantId}', name = 'x'`),
    ).rejects.toMatchObject(refused);
  });

  test('a setting that ends reverts to an empty text instead of NULL, and an empty text matches no tenant', async () => {
    const fresh = await connected('app_pool', 'app_pool', (await clusters.secrets.read('eu-central/cell-1/app_pool'))!);
    const setting = async (): Promise<unknown> =>
      (await fresh.query<{ value: unknown }>(`select current_setting('app.tenant', true) as value`)).rows[0]!.value;
    try {
      expect(await setting()).toBeNull();
      expect((await fresh.query('select from app.project')).rowCount).toBe(0);
      await fresh.query('begin');
      await fresh.query(`select set_config('app.tenant', $1, true)`, [one.tenantId]);
      expect((await fresh.query('select from app.project')).rowCount).toBe(1);
      await fresh.query('commit');
      expect(await setting()).toBe('');
      expect((await fresh.query('select from app.project')).rowCount).toBe(0);
    } finally {
      await fresh.end();
    }
  });

  test('a partition read directly skips its parent’s policy: it has no grant, and even with one it shows nothing', async () => {
    const partitions = Array.from({ length: 16 }, (_, n) => `app.project_p${String(n).padStart(2, '0')}`);
    for (const partition of partitions)
      await expect(as(one.tenantId, `select from ${partition}`)).rejects.toMatchObject(refused);
    await withHole(
      'app_pool',
      `grant select on ${partitions.join(', ')} to app_pool`,
      `revoke select on ${partitions.join(', ')} from app_pool`,
      async () => {
        for (const partition of partitions)
          expect((await as(one.tenantId, `select from ${partition}`)).rowCount).toBe(0);
      },
    );
  });

  test('a view reads as its owner: one of a superuser’s shows everything, and with security_invoker only one’s own rows', async () => {
    const view = (options: string) =>
      `create view app.hole ${options} as select * from app.project; grant select on app.hole to app_pool`;
    const seen = (options: string) =>
      withHole('app_pool', view(options), 'drop view app.hole', async () => [
        (await as(one.tenantId, 'select distinct tenant_id from app.hole')).rowCount,
        (await one.verify()).find(({ id }) => id === 'database.views')!.passed,
      ]);
    expect((await seen(''))[0]).toBeGreaterThanOrEqual(3);
    expect((await seen(''))[1]).toBe(false);
    expect(await seen('with (security_invoker)')).toEqual([1, true]);
  });

  test('a materialized view has no policies: one shows everything, and step 9 notices it', async () => {
    const open = 'create materialized view app.hole as select * from app.project; grant select on app.hole to app_pool';
    await withHole('app_pool', open, 'drop materialized view app.hole', async () => {
      expect((await as(one.tenantId, 'select distinct tenant_id from app.hole')).rowCount).toBeGreaterThanOrEqual(3);
      expect((await one.verify()).filter(({ passed }) => !passed).map(({ id }) => id)).toContain('database.views');
    });
  });

  test('SECURITY DEFINER: none of our functions can be called, and each has a search path that the caller cannot change', async () => {
    const open = `create function app.hole() returns bigint language sql security definer as 'select count(distinct tenant_id) from app.project'`;
    await withHole('app_pool', open, 'drop function app.hole()', async () => {
      const { rows } = await as(one.tenantId, 'select app.hole() as tenants');
      expect(Number(rows[0]!['tenants'])).toBeGreaterThanOrEqual(3);
      const failed = (await one.verify()).filter(({ passed }) => !passed).map(({ id }) => id);
      expect(failed).toEqual(expect.arrayContaining(['database.functions-closed', 'database.functions-pinned']));
    });
  });

  test('a unique key could reveal another tenant’s value: two tenants may have the same name and the same id', async () => {
    const id = '00000000-0000-4000-8000-000000000001';
    for (const { tenantId } of [one, other]) {
      await login.query('begin');
      await login.query(`select set_config('app.tenant', $1, true)`, [tenantId]);
      await login.query(`insert into app.project (tenant_id, id, name) values ($1, $2, 'Same')`, [tenantId, id]);
      await login.query('commit');
    }
  });

  test('a foreign key could reveal another tenant’s row: a foreign project answers like a missing one', async () => {
    const { rows } = await as(other.tenantId, `select id from app.project where name = 'Default'`);
    const answer = async (project: string): Promise<unknown> => {
      const insert = `insert into app.item (tenant_id, project_id, title) values ('${one.tenantId}', '${project}', 'x')`;
      const error = await as(one.tenantId, insert).catch(
        (caught: unknown) => caught as { code: string; constraint: string },
      );
      return [(error as { code: string }).code, (error as { constraint: string }).constraint];
    };
    const foreign = await answer(rows[0]!['id'] as string);
    expect(foreign).toEqual(await answer('00000000-0000-4000-8000-00000000dead'));
    expect(foreign).toEqual(['23503', expect.any(String)]);
  });

  test('COPY: it reads only one’s own rows, writes none, and reaches no file or program of the server', async () => {
    expect((await as(one.tenantId, `copy (select * from app.project where name = 'Default') to stdout`)).rowCount).toBe(
      1,
    );
    expect((await as(one.tenantId, 'copy app.tenant to stdout')).rowCount).toBe(1);
    await expect(as(one.tenantId, 'copy app.project from stdin')).rejects.toMatchObject({ code: '0A000' });
    await expect(as(one.tenantId, `copy app.tenant to '/tmp/tenants'`)).rejects.toMatchObject(refused);
    await expect(as(one.tenantId, `copy app.tenant to program 'cat'`)).rejects.toMatchObject(refused);
  });

  test('a dump, which switches policies off, is refused rather than filtered', async () => {
    await expect(as(one.tenantId, 'set local row_security = off', 'copy app.tenant to stdout')).rejects.toMatchObject(
      refused,
    );
    await expect(as(one.tenantId, 'set local row_security = off', 'select from app.project')).rejects.toMatchObject(
      refused,
    );
  });

  test('an expression that fails on a foreign row is never evaluated on one', async () => {
    // Evaluated before the policy, the division would reveal that another tenant has a project of this name.
    const peek = `select from app.project where 1 / (case name when 'Secret' then 0 else 1 end) = 1`;
    await login.query('begin');
    await login.query(`select set_config('app.tenant', $1, true)`, [other.tenantId]);
    await login.query(`insert into app.project (tenant_id, name) values ($1, 'Secret')`, [other.tenantId]);
    await login.query('commit');
    await expect(as(other.tenantId, peek)).rejects.toMatchObject({ code: '22012' });
    await expect(as(one.tenantId, peek)).resolves.toMatchObject({ rowCount: expect.any(Number) });
  });

  test('functions that are not leakproof do not prevent index use: the policy’s own condition finds the one partition and its key', async () => {
    const { rows } = await as(
      one.tenantId,
      'set local enable_seqscan = off',
      'set local enable_bitmapscan = off',
      `explain (analyze, costs off, timing off, summary off) select * from app.project where name = 'Default' and upper(name) = 'DEFAULT'`,
    );
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(/Index (?:Only )?Scan using project_p\d\d_\w+ on project_p\d\d/);
    expect(plan).toMatch(/Index Cond: .*tenant_id/);
    const touched = plan.split('\n').filter((line) => / on project_p\d\d/.test(line));
    expect(touched.filter((line) => line.includes('never executed'))).toHaveLength(touched.length - 1);
  });

  test('set_config by a tenant’s own login opens nothing: its policies compare with the session’s login', async () => {
    const client = await connected('app_schemas', `t_${own.tenantId}_app`, own.passwords.app);
    try {
      for (const [name, value] of [
        ['app.tenant', PROBE_TENANT_ID],
        ['search_path', `t_${PROBE_TENANT_ID}`],
        ['row_security', 'off'],
      ])
        await client.query('select set_config($1, $2, false)', [name, value]);
      await expect(client.query(`select from t_${PROBE_TENANT_ID}.project`)).rejects.toMatchObject(refused);
      await expect(client.query('select from project')).rejects.toMatchObject({ code: '42P01' });
      for (const name of ['role', 'session_authorization'])
        await expect(
          client.query('select set_config($1, $2, false)', [name, `t_${PROBE_TENANT_ID}_app`]),
        ).rejects.toMatchObject(refused);
      await expect(client.query(`set session_replication_role = replica`)).rejects.toMatchObject(refused);
    } finally {
      await client.end();
    }
  });

  test('a tenant’s tables granted to another by mistake still show it nothing', async () => {
    const name = `t_${own.tenantId}`;
    const grants = (verb: string, to: string) =>
      `${verb} usage on schema ${name} ${to} t_${PROBE_TENANT_ID}_app; ${verb} select on ${name}.project ${to} t_${PROBE_TENANT_ID}_app`;
    const password = (await clusters.secrets.read(`eu-central/cell-1/${PROBE_TENANT_ID}/postgres-login/password`))!;
    await withHole('app_schemas', grants('grant', 'to'), grants('revoke', 'from'), async () => {
      const client = await connected('app_schemas', `t_${PROBE_TENANT_ID}_app`, password);
      expect((await client.query(`select from ${name}.project`)).rowCount).toBe(0);
      await client.end();
    });
  });

  test('quoting: the server reads back exactly the identifier and the literal that were meant, whatever the text', async () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 }).filter((value) => !value.includes('\0'));
    await fc.assert(
      fc.asyncProperty(text, async (value) => {
        const { rows } = await login.query<{ value: string }>(`select ${escapeLiteral(value)} as value`);
        expect(rows[0]!.value).toBe(value);
      }),
      { numRuns: 200 },
    );
    // The server truncates names at 63 bytes.
    const name = text.filter((value) => value !== '' && Buffer.byteLength(value) <= 63);
    await fc.assert(
      fc.asyncProperty(name, async (value) => {
        const { fields } = await login.query(`select 1 as ${escapeIdentifier(value)}`);
        expect(fields.map((field) => field.name)).toEqual([value]);
      }),
      { numRuns: 200 },
    );
  });
});
