import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPostgres, type Postgres } from '../../activities/adapters/postgres/postgres';
import { sqlFiles } from '../../activities/adapters/postgres/sql-files';
import { PROBE_TENANT_ID } from '../../contract/ids';
import type { Isolation } from '../../contract/order';
import { dropping, protections } from './postgres-dropping';
import { mutantsOf, type Mutant } from './postgres-mutants';
import { startClusters, type Clusters } from './postgres-clusters';
import { provision } from './postgres-tenant';

const SQL = join(__dirname, '../../templates/sql');

/** What nothing notices, and why that is right. */
const NOT_NOTICED = [
  { without: /^with check \(true\)$/, why: 'a policy without a check takes its condition for both' },
  { without: /^revoke "t_T_\w+" from current_user$/, why: 'given back for speed: see asMemberOf' },
  {
    without: /grant usage on sequences/,
    why: 'for sequences of a later version; the application uses none of version 0001',
  },
];
const isNotNoticed = (without: string): boolean => NOT_NOTICED.some((entry) => entry.without.test(without));

const mutants = (['tenant', 'audit', 'pool'] as const).flatMap((set) =>
  mutantsOf(set, readFileSync(join(SQL, set, '0001.sql'), 'utf8')),
);

let clusters: Clusters;
/** The first cell only: the second would be prepared again with every mutant. */
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

/** What was noticed of a tenant of each isolation: checks that fail, or that it cannot even be made. */
async function noticed(postgres: Postgres, isolations: Isolation[]): Promise<string[]> {
  const all: string[] = [];
  for (const isolation of isolations) {
    try {
      const tenant = await provision(postgres, isolation);
      const checks = await tenant.verify();
      all.push(...checks.filter(({ passed }) => !passed).map(({ id }) => id));
      if (isolation === 'schema') all.push(...(await laterTables(tenant.tenantId)));
      await tenant.remove();
    } catch (error) {
      all.push(`cannot be made: ${refusalIn(error)}`);
    }
  }
  return all;
}

/** What the server said against it. Throws what says nothing of the mutant: a server that is busy or does not answer. */
function refusalIn(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  if (/timeout|terminated|ECONN/i.test(text)) throw error;
  return text;
}

/** Whether the application may use a table that a later version of the SQL makes. */
async function laterTables(tenantId: string): Promise<string[]> {
  const name = `t_${tenantId}`;
  const { rows } = await clusters
    .superuser<{ usable: boolean }>(
      `set role ${name}_owner; create table ${name}.later (id int); reset role;
     select has_table_privilege('${name}_app', '${name}.later', 'insert') and has_table_privilege('${name}_readonly', '${name}.later', 'select') as usable`,
      undefined,
      'app_schemas',
    )
    .then((results) => (results as unknown as { rows: { usable: boolean }[] }[]).at(-1)!);
  return rows[0]!.usable ? [] : ['tables of a later version cannot be used'];
}

/** The templates' SQL with one file changed. */
function changed({ set, sql }: Pick<Mutant, 'set' | 'sql'>) {
  const folder = mkdtempSync(join(dir, 'sql-'));
  cpSync(SQL, folder, { recursive: true });
  writeFileSync(join(folder, set, '0001.sql'), sql);
  return sqlFiles(folder);
}

describe('the SQL', () => {
  test('has something to take away in every file', () => {
    for (const set of ['tenant', 'audit', 'pool'] as const)
      expect(mutants.filter((mutant) => mutant.set === set).length).toBeGreaterThan(8);
  });

  test.each(mutants)('$set without $without', async (mutant) => {
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
  /** As if nobody had ever prepared the cell. */
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

  /** What is noticed when everything a cell's tenants share is made anew. */
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

  test('each that grants, revokes or limits is missed', async () => {
    const whileCells = await protections(clean(prepareAll));
    const whileTenants = await protections(clean(makeTenants));
    const survivors: string[] = [];
    const tryWithout = async (statements: string[], work: () => Promise<string[]>): Promise<void> => {
      for (const statement of statements) if ((await dropping(statement, work)).length === 0) survivors.push(statement);
    };
    // The probe tenant is made while a cell is prepared, by the same statements as any other.
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
