import type { ClientBase } from 'pg';
import type { Check } from '../../port/check';
import { inSchema } from '../catalogue';
import { check, listed } from './checks';

/** Expected structure of a schema: properties that cannot be tried out without changing something. */
export interface Structure {
  schema: string;
  owner: string;
  /** Prefix of the check ids, to tell two logins of the same schema apart. */
  prefix?: string;
  /** The login's privileges on a table, in the order of {@link PRIVILEGES}. On partitions it must have none. */
  privileges(table: string): Privilege[];
  /** Text that the common policies must contain, e.g. `CURRENT_USER`. */
  comparesWith: string;
  /** Tables whose policies differ. All others must have the same policies, so that the results of trying one table hold for all. */
  ownPolicies: string[];
}

const PRIVILEGES = ['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger'] as const;

/** A privilege on a table. */
export type Privilege = (typeof PRIVILEGES)[number];

/** Privileges of a login that reads and writes rows. */
export const READ_WRITE: Privilege[] = ['select', 'insert', 'update', 'delete'];

/** Checks a schema's structure in the server's catalogue, as the login that uses the schema. */
export async function structureChecks(client: ClientBase, structure: Structure): Promise<Check[]> {
  return [
    ...(await tableChecks(client, structure)),
    ...(await functionChecks(client, structure)),
    ...(await databaseChecks(client)),
  ];
}

/** Checks that the login has exactly the expected privileges, on tables and on single columns. */
export async function privilegesCheck(client: ClientBase, structure: Structure): Promise<Check> {
  const { rows } = await client.query<{ name: string; partition: boolean; privileges: Privilege[] }>(
    `select relname::text as name, relispartition as partition,
       array(select p from unnest($2::text[]) with ordinality as u (p, position)
             where has_table_privilege(c.oid, p)
               or (p in ('select', 'insert', 'update', 'references') and has_any_column_privilege(c.oid, p))
             order by position) as privileges
     from pg_class c where oid in ${inSchema('pg_class')} and relkind in ('r', 'p', 'v', 'm', 'f') order by 1`,
    [structure.schema, PRIVILEGES],
  );
  const odd = rows.filter(({ name, partition, privileges }) => {
    const expected = partition ? [] : structure.privileges(name);
    return privileges.join() !== expected.join();
  });
  return check(
    `${structure.prefix ?? ''}privileges`,
    'the login has exactly the intended privileges on each table',
    odd.length === 0,
    odd.length === 0
      ? `${rows.length} tables`
      : listed(odd.map(({ name, privileges }) => `${name}: ${privileges.join(' ') || 'nothing'}`)),
  );
}

async function tableChecks(client: ClientBase, structure: Structure): Promise<Check[]> {
  const { rows } = await client.query<{
    name: string;
    partition: boolean;
    forced: boolean;
    touched: boolean;
    policies: string | null;
  }>(
    `select relname::text as name, relispartition as partition, relrowsecurity and relforcerowsecurity as forced,
       not exists (select from pg_attribute where attrelid = c.oid and attname = 'updated_at' and not attisdropped)
         or exists (select from pg_trigger t join pg_proc p on p.oid = tgfoid
                    where tgrelid = c.oid and pronamespace = c.relnamespace
                      and proname like '%touch\\_updated\\_at' and tgenabled = 'O') as touched,
       (select string_agg(concat_ws(' ', polname, polcmd, polpermissive, polroles::text, pg_get_expr(polqual, polrelid),
          pg_get_expr(polwithcheck, polrelid)), '; ' order by polname) from pg_policy where polrelid = c.oid) as policies
     from pg_class c where oid in ${inSchema('pg_class')} and relkind in ('r', 'p') order by 1`,
    [structure.schema],
  );
  const model = rows.find(({ name }) => name === 'project')?.policies ?? 'none';
  const odd = rows.filter(
    ({ name, partition, policies }) => !partition && !structure.ownPolicies.includes(name) && policies !== model,
  );
  const unforced = rows.filter(({ forced }) => !forced);
  const untouched = rows.filter(({ touched }) => !touched);
  return [
    check(
      'row-security',
      'row-level security is on and forced for every table',
      unforced.length === 0,
      namesOf(unforced),
    ),
    check(
      'policies',
      `every table has the policies that were tested on one table, and these compare with ${structure.comparesWith}`,
      model.includes(structure.comparesWith) && odd.length === 0,
      namesOf(odd),
    ),
    check('touched', 'every column updated_at is maintained by a trigger', untouched.length === 0, namesOf(untouched)),
    await privilegesCheck(client, structure),
    await ownerCheck(client, structure),
    await viewsCheck(client, structure),
  ];
}

async function ownerCheck(client: ClientBase, { schema, owner }: Structure): Promise<Check> {
  const { rows } = await client.query<{ name: string; plain: boolean }>(
    `select distinct rolname::text as name, not (rolcanlogin or rolsuper or rolbypassrls) as plain
     from pg_class c join pg_roles r on r.oid = relowner where c.oid in ${inSchema('pg_class')}`,
    [schema],
  );
  const passed = rows.length === 1 && rows[0]!.name === owner && rows[0]!.plain;
  return check(
    'owner',
    'one role owns everything; it cannot log in, is no superuser and does not bypass policies',
    passed,
    listed(rows.map(({ name, plain }) => (plain ? name : `${name}, with special rights`))),
  );
}

// By default a view reads with its owner's privileges, and materialized views and foreign tables have no policies at all.
async function viewsCheck(client: ClientBase, { schema }: Structure): Promise<Check> {
  const { rows } = await client.query<{ name: string }>(
    `select relname::text as name from pg_class where oid in ${inSchema('pg_class')} and (relkind in ('m', 'f')
       or relkind = 'v' and not coalesce(reloptions && array['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false))`,
    [schema],
  );
  return check('views', 'no view reads with privileges other than the login’s', rows.length === 0, namesOf(rows));
}

async function functionChecks(client: ClientBase, { schema }: Structure): Promise<Check[]> {
  const { rows } = await client.query<{ name: string; callable: boolean; pinned: boolean }>(
    `select proname::text as name, has_function_privilege(oid, 'execute') as callable,
       coalesce('search_path=pg_catalog, pg_temp' = any (proconfig), false) as pinned
     from pg_proc where oid in ${inSchema('pg_proc')} order by 1`,
    [schema],
  );
  const callable = rows.filter((row) => row.callable);
  const loose = rows.filter(({ pinned }) => !pinned);
  return [
    check('functions-closed', 'the login can call no function of the schema', callable.length === 0, namesOf(callable)),
    check('functions-pinned', 'every function has its search path pinned', loose.length === 0, namesOf(loose)),
  ];
}

async function databaseChecks(client: ClientBase): Promise<Check[]> {
  const { rows } = await client.query<{ open: string[]; peeks: boolean | null }>(
    `select array(select p from unnest(array['connect', 'temporary', 'create']) as p
                  where has_database_privilege('public', current_database(), p)) as open,
       has_schema_privilege(to_regnamespace('public')::oid, 'usage') as peeks`,
  );
  const { open, peeks } = rows[0]!;
  return [
    check('closed', 'PUBLIC has no privileges on this database', open.length === 0, listed(open)),
    check(
      'no-public',
      'the login has no access to the schema public',
      peeks !== true,
      peeks === true ? 'usage' : 'none',
    ),
  ];
}

function namesOf(entries: { name: string }[]): string {
  return listed(entries.map(({ name }) => name));
}
