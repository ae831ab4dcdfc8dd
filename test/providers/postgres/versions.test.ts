import { schemaVariables } from '../../../providers/postgres/shares/names';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPostgres, type Postgres } from '../../../providers/postgres/postgres';
import { sqlFiles, type SqlFiles } from '../../../providers/postgres/shares/sql-files';
import { resourceContext } from '../kind-suite';
import { CELL, POSTGRES_VERSIONS, REGION, startClusters, type Clusters } from './clusters';
import { kindsOf, provision, specOf, type Tenant } from './tenant';

const TENANT_0002 = `set local search_path = :"schema", pg_temp;
alter table project add column colour text;
create table note (id uuid primary key default gen_random_uuid(), text text not null);
alter table note enable row level security, force row level security;
create policy tenant_roles on note using (current_user in (:'owner', :'app', :'readonly'));
`;

const POOL_0003 = `set local search_path = :"schema", pg_temp;
alter table project add column colour text;
`;

describe.each(POSTGRES_VERSIONS)('a new version of the SQL on $title', ({ bin }) => {
  let clusters: Clusters;
  let newer: Postgres;
  let sql: SqlFiles;
  const dir = mkdtempSync(join(tmpdir(), 'sql-versions-'));
  beforeAll(async () => {
    clusters = await startClusters(bin);
    cpSync(join(__dirname, '../../../templates/sql'), dir, { recursive: true });
    writeFileSync(join(dir, 'tenant/0002.sql'), TENANT_0002);
    writeFileSync(join(dir, 'pool/0003.sql'), POOL_0003);
    sql = sqlFiles(dir);
    newer = createPostgres(clusters.regions, clusters.secrets, sql);
  }, 120_000);
  afterAll(async () => {
    rmSync(dir, { recursive: true, force: true });
    await newer?.close();
    await clusters?.stop();
  });

  const homeOf = ({ tenantId, isolation }: Tenant): string =>
    isolation === 'schema' ? 'app_schemas' : `t_${tenantId}`;
  const columns = async (tenant: Tenant): Promise<string[]> => {
    const { rows } = await clusters.superuser<{ name: string }>(
      `select table_name || '.' || column_name as name from information_schema.columns where table_schema = $1 order by 1`,
      [`t_${tenant.tenantId}`],
      homeOf(tenant),
    );
    return rows.map(({ name }) => name);
  };
  const comment = async (tenant: Tenant): Promise<string> => {
    const { rows } = await clusters.superuser<{ comment: string }>(
      `select obj_description($1::regnamespace, 'pg_namespace') as comment`,
      [`t_${tenant.tenantId}`],
      homeOf(tenant),
    );
    return rows[0]!.comment;
  };
  const holds = async (tenant: Tenant): Promise<void> =>
    expect((await tenant.verify()).filter(({ passed }) => !passed)).toEqual([]);

  test.each(['schema', 'database'] as const)(
    'in a %s: existing tenants keep their version, even when created again, and new ones get the new version',
    async (isolation) => {
      const old = await provision(clusters.postgres, isolation);
      const kind = isolation === 'schema' ? newer.schema : newer.database;
      const again = resourceContext(kind, REGION, { ...specOf(isolation), schemaVersion: '0002' }, old.tenantId, CELL);
      expect(await kind.create(again)).toMatchObject({ facts: { version: '0001', audit: '0001' } });
      expect(await kind.find(again)).toMatchObject({ state: 'present', facts: { version: '0001', audit: '0001' } });
      expect(await comment(old)).toMatch(/ version=0001 audit=0001$/);

      const fresh = await provision(newer, isolation, undefined, { schemaVersion: '0002' });
      expect(fresh.facts[kind.kind]).toMatchObject({ version: '0002', audit: '0001' });
      expect(await comment(fresh)).toMatch(/ version=0002 audit=0001$/);
      expect(await columns(old)).not.toContain('project.colour');
      expect(await columns(fresh)).toEqual(expect.arrayContaining(['project.colour', 'note.text']));
      await holds(old);
      await holds(fresh);
    },
  );

  test('the upgrade script turns an old tenant into what a new one is', async () => {
    const old = await provision(clusters.postgres, 'schema');
    const fresh = await provision(newer, 'schema', undefined, { schemaVersion: '0002' });
    const name = `t_${old.tenantId}`;
    const step = sql.load('tenant', '0002', schemaVariables(old.tenantId), '0001');
    await clusters.superuser(`begin; set local role ${name}_owner; ${step}; commit`, undefined, 'app_schemas');
    expect(await columns(old)).toEqual(await columns(fresh));
    const { rows } = await clusters.superuser<{ usable: boolean }>(
      `select has_table_privilege($1, $2, 'insert') as usable`,
      [`${name}_app`, `${name}.note`],
      'app_schemas',
    );
    expect(rows).toEqual([{ usable: true }]);
  });

  test('shared tables are upgraded once for all pooled tenants, whose rows stay', async () => {
    const old = await provision(clusters.postgres, 'pooled');
    expect(old.facts['pooled-share']).toMatchObject({ version: '0002' });
    await newer.prepare();
    const fresh = await provision(newer, 'pooled', undefined, { schemaVersion: '0003' });
    expect(fresh.facts['pooled-share']).toMatchObject({ version: '0003' });
    const [kind] = kindsOf(newer, 'pooled');
    const context = resourceContext(kind!, REGION, specOf('pooled'), old.tenantId, CELL);
    expect(await kind!.find(context)).toMatchObject({ state: 'present', facts: { version: '0003' } });
    const { rows } = await clusters.superuser(
      'select name, colour from app.project where tenant_id = $1',
      [old.tenantId],
      'app_pool',
    );
    expect(rows).toEqual([{ name: 'Default', colour: null }]);
    // A worker of an earlier release leaves the newer tables alone.
    await clusters.postgres.prepare();
    expect(await kind!.find(context)).toMatchObject({ facts: { version: '0003' } });
    await holds(old);
    await holds(fresh);
  });
});
