import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPostgres, type Postgres } from '../../../../providers/postgres/postgres';
import { sqlFiles } from '../../../../providers/postgres/shares/sql-files';
import { PROBE_TENANT_ID } from '../../../../contract/ids';
import type { Isolation } from '../../../../contract/orders/order';
import { dropping, protections } from './dropping';
import { mutantsOf, type Mutant } from './mutants';
import { lastOf, startClusters, type Clusters } from '../clusters';
import { provision, type Tenant } from '../tenant';

const SQL = join(__dirname, '../../../../templates/sql');

/** Mutants that may survive, with the reason. */
const NOT_NOTICED = [
  { without: /^with check \(true\)$/, why: 'a policy without a check takes its condition for both' },
  {
    without: /^execute format\('drop policy if exists/,
    why: 'needed only when the file is run again: access/pooled.test.ts',
  },
  { without: /^grant app_pool to current_user$/, why: 'shows older transactions: access/pooled.test.ts' },
  { without: /^revoke "t_T_\w+" from current_user$/, why: 'given back for speed: see asMemberOf' },
  {
    without: /grant usage on sequences/,
    why: 'for sequences of a later version; the application uses none of version 0001',
  },
];
const isNotNoticed = (without: string): boolean => NOT_NOTICED.some((entry) => entry.without.test(without));

const mutants = (['tenant', 'audit', 'pool'] as const).flatMap((set) =>
  sqlFiles()
    .versions(set)
    .flatMap((version) => mutantsOf(set, version, readFileSync(join(SQL, set, `${version}.sql`), 'utf8'))),
);

let clusters: Clusters;
/** Only the first cell: the second would be prepared again for every mutant. */
let regions: Clusters['regions'];
const dir = mkdtempSync(join(tmpdir(), 'mutants-'));
beforeAll(async () => {
  clusters = await startClusters(undefined);
  regions = clusters.regions.map((region) => ({
    ...region,
    database: { cells: region.database.cells.slice(0, 1) },
  }));
}, 120_000);
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await clusters?.stop();
});

/** Symptoms over one tenant per isolation: failing checks, or the error that kept the tenant from being made. */
async function noticed(postgres: Postgres, isolations: Isolation[]): Promise<string[]> {
  const all: string[] = [];
  for (const isolation of isolations) {
    try {
      const tenant = await provision(postgres, isolation);
      const checks = await tenant.verify();
      all.push(...checks.filter(({ passed }) => !passed).map(({ id }) => id));
      if (isolation === 'schema') all.push(...(await laterTables(tenant.tenantId)));
      all.push(...(await wrongAccess(postgres, tenant)));
      await tenant.remove();
    } catch (error) {
      all.push(`cannot be made: ${refusalIn(error)}`);
    }
  }
  return all;
}

/** Accesses that a tenant does not have after it was given them. */
async function wrongAccess(postgres: Postgres, tenant: Tenant): Promise<string[]> {
  const wrong: string[] = [];
  for (const kind of tenant.isolation === 'pooled' ? [postgres.pooledShare] : [postgres.login, postgres.readonlyLogin])
    for (const access of ['read-only', 'closed', 'open'] as const) {
      const context = { ...tenant.contextOf(kind), spec: undefined };
      await kind.update!(context, { access });
      const has = await kind.access!(context);
      const expected = access === 'read-only' ? (kind.readOnlyMeans ?? access) : access;
      if (has !== expected) wrong.push(`${kind.kind} is ${has} instead of ${expected}`);
    }
  return wrong;
}

/** The server's objection. Throws for errors that say nothing about the mutant: a busy or silent server. */
function refusalIn(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/timeout|terminated|ECONN/i.test(text)) throw error;
  return text;
}

/** Tables added after provisioning that the application may use. */
async function laterTables(tenantId: string): Promise<string[]> {
  const name = `t_${tenantId}`;
  const { rows } = await clusters
    .superuser<{ usable: boolean }>(
      `set role ${name}_owner; create table ${name}.later (id int); reset role;
     select has_table_privilege('${name}_app', '${name}.later', 'insert') and has_table_privilege('${name}_readonly', '${name}.later', 'select') as usable`,
      undefined,
      'app_schemas',
    )
    .then(lastOf);
  return rows[0]!.usable ? [] : ['tables of a later version cannot be used'];
}

/** The templates' SQL with one file changed. */
function changed({ set, version, sql }: Mutant) {
  const folder = mkdtempSync(join(dir, 'sql-'));
  cpSync(SQL, folder, { recursive: true });
  writeFileSync(join(folder, set, `${version}.sql`), sql);
  return sqlFiles(folder);
}

describe('the SQL', () => {
  test('has something to remove in every file', () => {
    for (const set of ['tenant', 'audit', 'pool'] as const)
      expect(mutants.filter((mutant) => mutant.set === set).length).toBeGreaterThan(8);
  });

  test.each(mutants)('$set $version without $without', async (mutant) => {
    const isPool = mutant.set === 'pool';
    if (isPool) await clusters.superuser('drop schema app cascade', undefined, 'app_pool');
    const postgres = createPostgres(regions, clusters.secrets, changed(mutant));
    try {
      const failed = isPool
        ? await postgres.prepare().then(
            () => [],
            (error: unknown) => [refusalIn(error)],
          )
        : [];
      const seen = [...failed, ...(await noticed(postgres, [isPool ? 'pooled' : 'schema']))];
      expect([mutant.without, seen.length > 0, seen]).toEqual([mutant.without, !isNotNoticed(mutant.without), seen]);
    } finally {
      await postgres.close();
    }
  });
});

describe('the statements of the adapter', () => {
  /** Restores the cell to its state before its first preparation. */
  async function emptyCell(): Promise<void> {
    await clusters.superuser('drop database if exists app_pool with (force)');
    await clusters.superuser('drop database if exists app_schemas with (force)');
    for (const role of [
      'app_pool',
      'app_pool_owner',
      'app_schemas_connect',
      ...['owner', 'app'].map((end) => `t_${PROBE_TENANT_ID}_${end}`),
    ])
      await clusters.superuser(`drop role if exists ${role}`);
  }

  /** Symptoms when everything that a cell's tenants share is made again. */
  async function prepareAll(): Promise<string[]> {
    await emptyCell();
    return withPostgres(async (postgres) => {
      await postgres.prepare();
      return noticed(postgres, ['pooled', 'schema']);
    });
  }

  const makeTenants = (): Promise<string[]> => withPostgres((postgres) => noticed(postgres, ['schema', 'database']));

  async function withPostgres(work: (postgres: Postgres) => Promise<string[]>): Promise<string[]> {
    const postgres = createPostgres(regions, clusters.secrets);
    try {
      return await work(postgres);
    } catch (error) {
      return [`cannot be prepared: ${refusalIn(error)}`];
    } finally {
      await postgres.close();
    }
  }

  const clean = (work: () => Promise<string[]>) => async (): Promise<void> => expect(await work()).toEqual([]);

  test('none that grants, revokes or limits can be omitted unnoticed', async () => {
    const whileCells = await protections(clean(prepareAll));
    const whileTenants = await protections(clean(makeTenants));
    const survivors: string[] = [];
    const tryWithout = async (statements: string[], work: () => Promise<string[]>): Promise<void> => {
      for (const statement of statements) if ((await dropping(statement, work)).length === 0) survivors.push(statement);
    };
    // Preparing a cell makes the probe tenant, with the same statements as any tenant.
    await tryWithout(whileTenants, makeTenants);
    await tryWithout(
      whileCells.filter((statement) => !whileTenants.includes(statement)),
      prepareAll,
    );
    expect(whileTenants.length).toBeGreaterThan(10);
    expect(survivors.filter((statement) => !isNotNoticed(statement))).toEqual([]);
    const unused = NOT_NOTICED.filter(
      ({ without }) => ![...survivors, ...mutants.map((mutant) => mutant.without)].some((each) => without.test(each)),
    );
    expect(unused).toEqual([]);
  }, 600_000);
});
