import type { DatabaseTemplate } from '../../../templates/template';
import type { ResourceKind } from '../../../providers/port/kind';
import { mark, ownerRole } from '../../../providers/postgres/shares/names';
import { describeKind, resourceContext, type KindFixture } from '../kind-suite';
import { CELL, POSTGRES_VERSIONS, REGION, startClusters, type Clusters } from './clusters';

type Fixture = KindFixture<DatabaseTemplate>;

const spec = (isolation: DatabaseTemplate['isolation']): DatabaseTemplate => ({
  isolation,
  schemaVersion: '0001',
  connectionLimit: 5,
  statementTimeoutSeconds: 30,
});

describe.each(POSTGRES_VERSIONS)('on $title', ({ bin }) => {
  let clusters: Clusters;
  beforeAll(async () => {
    clusters = await startClusters(bin);
  }, 120_000);
  afterAll(() => clusters?.stop());

  const one = async (sql: string, values: unknown[], database?: string): Promise<boolean> =>
    (await clusters.superuser(sql, values, database)).rowCount === 1;
  const context = (kind: ResourceKind<DatabaseTemplate>, tenantId: string, isolation: DatabaseTemplate['isolation']) =>
    resourceContext(kind, REGION, spec(isolation), tenantId, CELL);
  const roleExists: Fixture['exists'] = ({ name }) => one('select from pg_roles where rolname = $1', [name]);
  const foreignRole: Fixture['makeForeign'] = async ({ name }) => {
    await clusters.superuser(`create role ${name} login`);
    return async () => void (await clusters.superuser(`drop role ${name}`));
  };
  const provisioner = async (statements: string[], database = 'postgres'): Promise<void> => {
    for (const statement of statements)
      await clusters.superuser(`set role provisioner; ${statement}`, undefined, database);
  };

  describeKind('pooled-share on postgres', async () => ({
    kind: clusters.postgres.pooledShare,
    region: REGION,
    cell: CELL,
    spec: () => spec('pooled'),
    exists: ({ tenantId }) => one('select from app.tenant where tenant_id = $1', [tenantId], 'app_pool'),
  }));

  describeKind('postgres-owner on postgres', async () => ({
    kind: clusters.postgres.owner,
    region: REGION,
    cell: CELL,
    spec: () => spec('schema'),
    exists: roleExists,
    makeForeign: foreignRole,
  }));

  describeKind('postgres-schema on postgres', async () => {
    const { owner, schema } = clusters.postgres;
    return {
      kind: schema,
      region: REGION,
      cell: CELL,
      spec: async (tenantId) => {
        await owner.create(context(owner, tenantId, 'schema'));
        return spec('schema');
      },
      exists: ({ name }) => one('select from pg_namespace where nspname = $1', [name], 'app_schemas'),
      makePartial: async ({ name, tenantId }) => {
        await clusters.superuser(
          `create schema ${name} authorization ${ownerRole(tenantId)}`,
          undefined,
          'app_schemas',
        );
        await clusters.superuser(`create table ${name}.project (id int)`, undefined, 'app_schemas');
        await clusters.superuser(
          `alter table ${name}.project owner to ${ownerRole(tenantId)}`,
          undefined,
          'app_schemas',
        );
      },
      makeForeign: async ({ name }) => {
        await clusters.superuser(`create schema ${name}`, undefined, 'app_schemas');
        return async () => void (await clusters.superuser(`drop schema ${name} cascade`, undefined, 'app_schemas'));
      },
      teardown: (tenantId) => owner.remove(context(owner, tenantId, 'schema')),
    };
  });

  describeKind('postgres-database on postgres', async () => {
    const { owner, database } = clusters.postgres;
    return {
      kind: database,
      region: REGION,
      cell: CELL,
      spec: async (tenantId) => {
        await owner.create(context(owner, tenantId, 'database'));
        return spec('database');
      },
      exists: ({ name }) => one('select from pg_database where datname = $1', [name]),
      makePartial: async ({ name }) => {
        await clusters.superuser(
          `create database ${name} owner provisioner template template0 allow_connections false`,
        );
      },
      makeForeign: async ({ name }) => {
        await clusters.superuser(`create database ${name}`);
        return async () => void (await clusters.superuser(`drop database ${name}`));
      },
      teardown: (tenantId) => owner.remove(context(owner, tenantId, 'database')),
    };
  });

  describe.each(['login', 'readonlyLogin'] as const)('%s', (key) => {
    describe.each(['schema', 'database'] as const)('in a %s', (isolation) => {
      describeKind('on postgres', async () => {
        const { owner, [isolation]: home, [key]: kind } = clusters.postgres;
        return {
          kind,
          region: REGION,
          cell: CELL,
          spec: async (tenantId) => {
            await owner.create(context(owner, tenantId, isolation));
            await home.create(context(home, tenantId, isolation));
            return spec(isolation);
          },
          exists: roleExists,
          makePartial: ({ name, tenantId }) =>
            provisioner([`create role ${name}; comment on role ${name} is '${mark(tenantId)}'`]),
          makeForeign: foreignRole,
          teardown: async (tenantId) => {
            await home.remove(context(home, tenantId, isolation));
            await owner.remove(context(owner, tenantId, isolation));
          },
        };
      });
    });
  });
});
