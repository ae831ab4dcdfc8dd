import { execFile } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import { newTenantId } from '../../../contract/ids';
import type { Isolation } from '../../../contract/orders/order';
import type { Share } from '../../../providers/postgres/backup/dump-session';
import { createPostgres, type Postgres } from '../../../providers/postgres/postgres';
import type { RestoreInto } from '../../../providers/postgres/backup/restore-target';
import { fillIn, sqlFiles, type SqlFiles } from '../../../providers/postgres/shares/sql-files';
import type { BackupManifest } from '../../../registry/backups/backups';
import { installedPgDump } from './pg-dump';
import { CELL, POSTGRES_VERSIONS, query, REGION, startClusters, type Clusters } from './clusters';
import { provision, type Tenant } from './tenant';

// A tenant schema with everything that is awkward to copy; version 0001 has none of it.
const AWKWARD = `
create table awkward (
  id int generated always as identity primary key,
  parent int references awkward,
  words text, bytes bytea, json jsonb, price numeric, moment timestamptz, span interval, ratio float8, list text[],
  doubled int generated always as (id * 2) stored
);
create table "Odd ""table""" (note text);
create sequence counter;
create table a_child (of int not null references awkward, "Of" text);
create table noted (what text);
create function note() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute format('insert into %I.noted values ($1)', tg_table_schema) using tg_op;
  return new;
end
$$;
create trigger note after insert on awkward for each row execute function note();
do $$
declare
  relation regclass;
begin
  for relation in select oid from pg_class where relnamespace = current_schema()::regnamespace and relkind = 'r'
    and relname in ('awkward', 'Odd "table"', 'a_child', 'noted') loop
    execute format('alter table %s enable row level security, force row level security', relation);
  end loop;
end
$$;
create policy tenant_roles on awkward using (current_user in (:'owner', :'app', :'readonly'));
create policy tenant_roles on "Odd ""table""" using (current_user in (:'owner', :'app', :'readonly'));
create policy tenant_roles on a_child using (current_user in (:'owner', :'app', :'readonly'));
create policy tenant_roles on noted using (current_user in (:'owner', :'app', :'readonly'));
`;
const plain = sqlFiles();
const sql: SqlFiles = {
  ...plain,
  load: (set, version, variables, after) =>
    plain.load(set, version, variables, after) + (set === 'tenant' ? fillIn(AWKWARD, variables) : ''),
};

const BACKUP = 'bk_3f0c1f6e8d9b4a7c9e2d5b8a1c4f7e60';
const ISOLATIONS: Isolation[] = ['pooled', 'schema', 'database'];

describe.each(POSTGRES_VERSIONS)('backups on $title', ({ bin, title }) => {
  const pgDump = bin === undefined ? installedPgDump() : undefined;
  if (pgDump === undefined) test.todo(`pg_dump sees the same tenant after a restore: not run, ${title} has no pg_dump`);
  let clusters: Clusters;
  let postgres: Postgres;
  beforeAll(async () => {
    clusters = await startClusters(bin);
    postgres = createPostgres(clusters.regions, clusters.secrets, sql);
  }, 120_000);
  afterAll(async () => {
    await postgres?.close();
    await clusters?.stop();
  });

  const placeOf = ({ tenantId, isolation }: Tenant) => ({
    database: isolation === 'pooled' ? 'app_pool' : isolation === 'schema' ? 'app_schemas' : `t_${tenantId}`,
    schema: isolation === 'pooled' ? 'app' : `t_${tenantId}`,
  });
  const shareOf = ({ tenantId, isolation }: Tenant, signal = AbortSignal.timeout(60_000)): Share => ({
    tenantId,
    isolation,
    signal,
    region: REGION,
    cell: CELL,
  });
  /** Queries as the superuser, to whom no policy applies. */
  const one = async (tenant: Tenant, sql: string): Promise<unknown> => {
    const { database } = placeOf(tenant);
    const { rows } = await clusters.superuser<{ value: unknown }>(`select (${sql}) as value`, [], database);
    return rows[0]!.value;
  };

  async function dump(tenant: Tenant): Promise<{ script: Buffer; manifest: BackupManifest }> {
    const out = new PassThrough();
    const chunks: Buffer[] = [];
    out.on('data', (chunk: Buffer) => chunks.push(chunk));
    const manifest = await postgres.dump(shareOf(tenant), BACKUP, out);
    out.end();
    return { script: Buffer.concat(chunks), manifest };
  }
  async function* pieces(script: Buffer): AsyncGenerator<Buffer> {
    for (let from = 0; from < script.length; from += 1_000) yield script.subarray(from, from + 1_000);
  }
  /** Failed checks of step 9, except those that expect the exact list of tables. */
  const broken = async (tenant: Tenant): Promise<string[]> =>
    (await tenant.verify()).filter(({ passed }) => !passed).map(({ id }) => id);
  const restore = (tenant: Tenant, script: Buffer, into: RestoreInto = 'scratch', backupId = BACKUP) =>
    postgres.restore(shareOf(tenant), { backupId, into }, pieces(script));

  /** Inserts rows that are awkward to write down, as the application would. */
  async function fill(tenant: Tenant): Promise<void> {
    const { database, schema } = placeOf(tenant);
    const sql =
      tenant.isolation === 'pooled'
        ? `select set_config('app.tenant', '${tenant.tenantId}', false);
           insert into app.setting (tenant_id, key, value)
             select '${tenant.tenantId}', 'k' || n, jsonb_build_object('tab', E'a\\tb\\\\.\\nc', 'n', n) from generate_series(1, 500) n;
           insert into app.item (tenant_id, project_id, title)
             select tenant_id, id, E'\\\\.' from app.project where tenant_id = '${tenant.tenantId}'`
        : `insert into ${schema}.awkward (words, bytes, json, price, moment, span, ratio, list)
             values (E'\\\\.', '\\x00ff0a5c'::bytea, '{"a": [null, "\\\\u00e4"]}', 'NaN', 'infinity', '1 mon -3 days', '-0', array[null, 'x,y', E'z"\\n']),
                    (null, '', 'null', 1e-20, '0044-03-15 BC', '0', 'Infinity', '{}');
           insert into ${schema}.awkward (parent, words) select 1, repeat(E'ünïcode \\t\\r\\n', n) from generate_series(1, 300) n;
           update ${schema}.awkward set parent = 300 where id = 1;
           insert into ${schema}."Odd ""table""" values ('b'), ('a'), (null), ('a');
           insert into ${schema}.a_child values (1, 'x');
           select setval('${schema}.counter', 41)`;
    await clusters.superuser(sql, undefined, database);
  }

  describe.each(ISOLATIONS)('%s', (isolation) => {
    let tenant: Tenant;
    beforeAll(async () => {
      tenant = await provision(postgres, isolation);
      await fill(tenant);
    });
    afterAll(() => tenant?.remove());

    test('contains every row of the tenant, and no row of another', async () => {
      const other = await provision(postgres, isolation);
      const { script, manifest } = await dump(tenant);
      const { schema } = placeOf(tenant);
      const where = isolation === 'pooled' ? ` where tenant_id = '${tenant.tenantId}'` : '';
      expect(manifest.tables.length).toBeGreaterThanOrEqual(5);
      for (const { name, rows } of manifest.tables) {
        const table = `${schema}."${name.replaceAll('"', '""')}"`;
        expect([name, rows]).toEqual([name, Number(await one(tenant, `select count(*) from ${table}${where}`))]);
      }
      expect(manifest).toMatchObject({ isolation, schemaVersion: isolation === 'pooled' ? '0002' : '0001' });
      expect(script.toString()).not.toContain(other.tenantId);
      await other.remove();
    });

    test('restores into a scratch tenant with the same rows, and leaves nothing of it behind', async () => {
      const before = await everything(tenant);
      const { script, manifest } = await dump(tenant);
      expect(await restore(tenant, script)).toEqual(manifest);
      expect(await everything(tenant)).toEqual(before);
    });

    test('is a consistent snapshot, whatever is written meanwhile', async () => {
      const first = await dump(tenant);
      const out = new PassThrough();
      const begun = new Promise<void>((resolve) => out.once('data', () => resolve()));
      const dumping = postgres.dump(shareOf(tenant), BACKUP, out);
      await begun;
      const project =
        isolation === 'pooled'
          ? `insert into app.project (tenant_id, name) values ('${tenant.tenantId}', 'Late')`
          : `insert into ${placeOf(tenant).schema}.project (name) values ('Late')`;
      await clusters.superuser(project, undefined, placeOf(tenant).database);
      out.resume();
      const { tables } = await dumping;
      expect(tables).toEqual(first.manifest.tables);
    });

    test('is a complete script that psql can load', async () => {
      const text = (await dump(tenant)).script.toString();
      expect(text.match(/^COPY .* FROM stdin;$/gm)).toHaveLength((await dump(tenant)).manifest.tables.length);
      expect(text.endsWith('}\n')).toBe(true);
    });

    test('a row that is lost, changed or added on the way is detected', async () => {
      const { script } = await dump(tenant);
      const text = script.toString('latin1');
      const spoilt = {
        lost: text.replace(isolation === 'pooled' ? /^.*\tk500\t.*\n/m : /^b\n/m, ''),
        changed: text.replace('\tDefault\t', '\tdefault\t'),
        cut: text.slice(0, text.length - 10),
      };
      for (const [how, edited] of Object.entries(spoilt)) {
        expect([how, edited === text]).toEqual([how, false]);
        await expect(restore(tenant, Buffer.from(edited, 'latin1'))).rejects.toMatchObject({ type: 'BackupUnusable' });
      }
    });

    test('a backup of another tenant is refused', async () => {
      const { script } = await dump(tenant);
      const other = { ...tenant, tenantId: newTenantId() };
      const restored = isolation === 'pooled' ? restore(other, script) : restore(tenant, script, 'scratch', 'bk_other');
      await expect(restored).rejects.toThrow('its header names');
    });

    test('restores the tenant completely or not at all, and no other tenant', async () => {
      const other = await provision(postgres, isolation);
      const { script, manifest } = await dump(tenant);
      const { tables: others } = (await dump(other)).manifest;
      const before = await broken(tenant);
      const { schema, database } = placeOf(tenant);
      const change =
        isolation === 'pooled'
          ? `delete from app.project where tenant_id = '${tenant.tenantId}';
             insert into app.project (tenant_id, name) values ('${tenant.tenantId}', 'Changed')`
          : `delete from ${schema}.project; insert into ${schema}.project (name) values ('Changed');
             delete from ${schema}.a_child; delete from ${schema}.awkward; insert into ${schema}.awkward (words) values ('new'); select setval('${schema}.counter', 99)`;
      await clusters.superuser(change, undefined, database);
      const changed = (await dump(tenant)).manifest.tables;
      expect(changed).not.toEqual(manifest.tables);
      await expect(restore(tenant, script.subarray(0, -10), 'tenant')).rejects.toMatchObject({
        type: 'BackupUnusable',
      });
      expect((await dump(tenant)).manifest.tables).toEqual(changed);
      await restore(tenant, script, 'tenant');
      const { tables, sequences } = (await dump(tenant)).manifest;
      expect({ tables, sequences }).toEqual({ tables: manifest.tables, sequences: manifest.sequences });
      expect((await dump(other)).manifest.tables).toEqual(others);
      if (isolation !== 'pooled') {
        await clusters.superuser(`insert into ${schema}.awkward (words) values ('after')`, undefined, database);
        // Triggers record changes again, and the identity column continues its numbers.
        const noted = manifest.tables.find(({ name }) => name === 'noted')!.rows;
        expect(await one(tenant, `select count(*)::int from ${schema}.noted`)).toBe(noted + 1);
      }
      expect(await broken(tenant)).toEqual(before);
      await other.remove();
    });

    // pg_dump is independent of our code, so its view of a tenant is compared: definitions, rows and sequences.
    if (pgDump !== undefined)
      test('is the same tenant to pg_dump after a restore', async () => {
        const { schema, database } = placeOf(tenant);
        const seen = async (): Promise<string[]> => {
          const url = new URL(clusters.superuserUrl(CELL));
          url.pathname = `/${database}`;
          const { stdout } = await promisify(execFile)(pgDump, ['--schema', schema, url.href], { maxBuffer: 2 ** 26 });
          const lines = stdout.split('\n').filter((line) => !/^\\(un)?restrict /.test(line));
          // Restored rows are stored on disk in a different order.
          return lines.sort();
        };
        const before = await seen();
        const { script } = await dump(tenant);
        const mine =
          isolation === 'pooled' ? `${schema}.project where tenant_id = '${tenant.tenantId}'` : `${schema}.project`;
        await clusters.superuser(`delete from ${mine}`, undefined, database);
        expect(await seen()).not.toEqual(before);
        await restore(tenant, script, 'tenant');
        expect(await seen()).toEqual(before);
      });

    test('leaves the provisioner no membership in the tenant’s owner role', async () => {
      await restore(tenant, (await dump(tenant)).script);
      await restore(tenant, (await dump(tenant)).script, 'tenant');
      expect(
        await one(
          tenant,
          `select count(*)::int from pg_auth_members where roleid = to_regrole('t_${tenant.tenantId}_owner') and pg_get_userbyid(member) = 'provisioner' and coalesce(to_jsonb(pg_auth_members) ->> 'inherit_option', 'true') = 'true'`,
        ),
      ).toBe(0);
    });
  });

  test('a dump waits for its reader instead of buffering the answer', async () => {
    const tenant = await provision(postgres, 'schema');
    const { schema, database } = placeOf(tenant);
    await clusters.superuser(
      `insert into ${schema}.awkward (words) select repeat('x', 1000) from generate_series(1, 20000)`,
      undefined,
      database,
    );
    const out = new PassThrough();
    const dumping = postgres.dump(shareOf(tenant), BACKUP, out);
    dumping.catch(() => {});
    await new Promise<void>((resolve) => out.once('readable', resolve));
    const { rows } = await query<{ waiting: number }>(
      clusters.url('postgres', 'provisioner', new URL(clusters.regions[0]!.database.cells[0]!.url).password),
      `select count(*)::int as waiting from pg_stat_activity where datname = 'app_schemas' and state = 'active' and query like 'copy (select%'`,
    );
    expect(rows[0]!.waiting).toBe(1);
    expect(out.readableLength).toBeLessThan(1_000_000);
    out.resume();
    expect((await dumping).tables.find(({ name }) => name === 'awkward')?.rows).toBe(20_000);
    await tenant.remove();
  });

  test.each(['before it is connected', 'in the middle of a table'])(
    'a dump that is cancelled %s ends',
    async (when) => {
      const tenant = await provision(postgres, 'schema');
      const { schema, database } = placeOf(tenant);
      await clusters.superuser(
        `insert into ${schema}.awkward (words) select repeat('x', 1000) from generate_series(1, 20000)`,
        undefined,
        database,
      );
      const stop = new AbortController();
      const out = new PassThrough();
      const dumping = postgres.dump(shareOf(tenant, stop.signal), BACKUP, out);
      dumping.catch(() => {});
      if (when.startsWith('in')) await new Promise<void>((resolve) => out.once('readable', resolve));
      stop.abort();
      await expect(dumping).rejects.toThrow();
      // The cancelled dump holds no lock any more: removing a tenant waits only five seconds for one.
      await tenant.remove();
    },
  );

  /** Server contents apart from other tests' tenants: a restore must leave no schema, tenant, role or row behind. */
  async function everything(tenant: Tenant): Promise<unknown> {
    const { database, schema } = placeOf(tenant);
    const counts = (tables: string) =>
      `(select jsonb_object_agg(relname, (xpath('/row/c/text()', query_to_xml(format('select count(*) as c from %I.%I', nspname, relname), false, true, '')))[1]::text)
        from pg_class join pg_namespace n on n.oid = relnamespace where nspname = '${schema}' and relkind in ('r', 'p') and ${tables})`;
    return (
      await clusters.superuser(
        `select (select count(*) from pg_namespace) as schemas, (select count(*) from pg_roles) as roles,
           ${counts('not relispartition')} as rows`,
        [],
        database,
      )
    ).rows[0];
  }
});
