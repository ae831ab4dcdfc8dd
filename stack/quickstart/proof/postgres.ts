import { Client } from 'pg';
import { underscoreName } from '../../../contract/ids';
import { POOL_DATABASE, POOL_SCHEMA } from '../../../providers/postgres/shares/names';
import type { Endpoints } from '../../types';
import type { Question } from './question';

const POOLED_TABLES = ['tenant', 'project', 'item', 'setting', 'health_check'];

/** Counts a tenant's objects and rows in the regions' PostgreSQL clusters, as superuser, who sees every row. */
export function postgresQuestions({ postgres }: Endpoints): Question[] {
  const clusters = Object.values(postgres?.regions ?? {}).map(({ superuserUrl }) => superuserUrl);
  const where = `PostgreSQL (${Object.keys(postgres?.regions ?? {}).join(', ')})`;
  const sum = async (counts: Promise<number>[]): Promise<number> =>
    (await Promise.all(counts)).reduce((total, count) => total + count, 0);
  const everywhere = (sql: string) => (tenantId: string) =>
    sum(clusters.map((url) => countRows(url, sql, [prefixOf(tenantId)])));
  return [
    { where, what: 'roles', count: everywhere('select from pg_roles where starts_with(rolname, $1)') },
    { where, what: 'databases', count: everywhere('select from pg_database where starts_with(datname, $1)') },
    {
      where,
      what: 'schemas in all databases',
      count: (tenantId) => sum(clusters.map((url) => countSchemas(url, prefixOf(tenantId)))),
    },
    {
      where,
      what: 'rows in the shared tables',
      count: (tenantId) => sum(clusters.map((url) => countPooledRows(url, tenantId))),
    },
  ];
}

function prefixOf(tenantId: string): string {
  return underscoreName(tenantId);
}

async function countSchemas(clusterUrl: string, prefix: string): Promise<number> {
  const databases = await query<{ datname: string }>(
    clusterUrl,
    `select datname from pg_database where datallowconn and (datname !~ '^t_' or starts_with(datname, $1))`,
    [prefix],
  );
  const counts = databases.map(({ datname }) =>
    countRows(inDatabase(clusterUrl, datname), 'select from pg_namespace where starts_with(nspname, $1)', [prefix]),
  );
  return (await Promise.all(counts)).reduce((total, count) => total + count, 0);
}

async function countPooledRows(clusterUrl: string, tenantId: string): Promise<number> {
  const tables = POOLED_TABLES.map((table) => `select from ${POOL_SCHEMA}.${table} where tenant_id = $1`);
  return countRows(inDatabase(clusterUrl, POOL_DATABASE), tables.join(' union all '), [tenantId]);
}

/** Number of rows that a query returns. */
export async function countRows(url: string, sql: string, values: unknown[]): Promise<number> {
  const [row] = await query<{ count: number }>(url, `select count(*)::int as count from (${sql}) found`, values);
  return row?.count ?? 0;
}

async function query<Row extends object>(url: string, sql: string, values: unknown[]): Promise<Row[]> {
  const client = new Client({ connectionString: url, application_name: 'quickstart-proof', query_timeout: 10_000 });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

function inDatabase(clusterUrl: string, database: string): string {
  const url = new URL(clusterUrl);
  url.pathname = `/${database}`;
  return url.href;
}
