import { Client } from 'pg';
import { underscoreName } from '../../../../contract/ids';
import { POOL_DATABASE, SCHEMAS_DATABASE } from '../../../../providers/postgres/shares/names';
import type { Endpoints } from '../../../../stack/types';
import { REGION } from '../../proxies/lines';
import { told, type Facts, type Watched } from './watched';

/** What PostgreSQL has about a tenant: its rows, and its roles with their passwords, memberships and privileges. */
export async function postgresFacts(endpoints: Endpoints, { tenantId, plan }: Watched): Promise<Facts> {
  const client = await asSuperuser(endpoints, plan === 'starter' ? POOL_DATABASE : SCHEMAS_DATABASE);
  try {
    return await (plan === 'starter' ? pooled(client, tenantId) : ownSchema(client, tenantId));
  } finally {
    await client.end();
  }
}

/** A connection to a database of the region as the server's superuser, past every proxy. */
export async function asSuperuser({ postgres }: Endpoints, database: string): Promise<Client> {
  const url = new URL(postgres!.regions[REGION]!.superuserUrl);
  url.pathname = `/${database}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  return client;
}

async function pooled(client: Client, tenantId: string): Promise<Facts> {
  const rows = async (table: string): Promise<string> => {
    const sql = `select coalesce(jsonb_agg(to_jsonb(t) order by to_jsonb(t)), '[]') as rows from app.${table} t where tenant_id = $1`;
    return told((await client.query<{ rows: unknown }>(sql, [tenantId])).rows[0]!.rows);
  };
  const { rows: shares } = await client.query<{ access: string }>(
    `select access from app.tenant where tenant_id = $1`,
    [tenantId],
  );
  return {
    'postgres: projects': await rows('project'),
    'postgres: items': await rows('item'),
    'postgres: settings': await rows('setting'),
    'access, postgres: share': told(shares),
  };
}

async function ownSchema(client: Client, tenantId: string): Promise<Facts> {
  const schema = underscoreName(tenantId);
  const list = async (sql: string): Promise<string> => told((await client.query(sql)).rows);
  const ours = `rolname ~ '^${schema}_'`;
  return {
    'postgres: projects': await list(`select * from "${schema}".project order by id`),
    'postgres: items': await list(`select * from "${schema}".item order by id`),
    'postgres: settings': await list(`select * from "${schema}".setting order by key`),
    'postgres: roles': await list(
      `select rolname, rolpassword, rolconnlimit, rolvaliduntil, rolinherit, rolsuper, rolbypassrls, setconfig::text
       from pg_authid left join pg_db_role_setting on setrole = pg_authid.oid where ${ours} order by rolname, setdatabase`,
    ),
    'postgres: memberships': await list(
      `select member::regrole::text as member, roleid::regrole::text as of, admin_option
       from pg_auth_members join pg_authid on pg_authid.oid in (member, roleid) where ${ours} order by 1, 2`,
    ),
    'postgres: privileges': await list(
      `select relname, relacl::text from pg_class where relnamespace = '${schema}'::regnamespace order by relname`,
    ),
    'postgres: schema': await list(`select nspacl::text from pg_namespace where nspname = '${schema}'`),
    'access, postgres: logins': await list(
      `select rolname, rolcanlogin, shobj_description(oid, 'pg_authid') as mark from pg_authid where ${ours} order by rolname`,
    ),
  };
}
