import { DatabaseError, type ClientBase } from 'pg';
import type { Check } from '../../check';

// Insufficient privilege (a row-level security violation too), login refused, no such database. A missing table or schema is none:
// what is not there cannot show that it is closed.
const REFUSALS = new Set(['42501', '28000', '28P01', '3D000']);

// Connection, resources, transaction, operator, system: the server gave no answer to the question.
const NO_ANSWER = /^(08|25|40|53|54|55|57|58|XX)/;

/** Rows of `health_check` that an attempt takes away: its own (`$1`), and those of attempts whose worker died before it could. */
export const OF_THIS_OR_A_DEAD_ATTEMPT = `id = $1 or (id like 'verify-%' and written_at < now() - interval '10 minutes')`;

/** A check with its outcome. */
export function check(id: string, claim: string, passed: boolean, answered: string): Check {
  return { id: `database.${id}`, claim, passed, answered };
}

/** Passed when the server refuses. Throws where it gave no answer, because that proves nothing. */
export async function refused(id: string, claim: string, attempt: () => Promise<unknown>): Promise<Check> {
  try {
    await attempt();
    return check(id, claim, false, 'allowed');
  } catch (error) {
    const code = answerOf(error);
    return check(id, claim, REFUSALS.has(code), code);
  }
}

/** Passed when the server says so; a refusal is a check that does not hold. Throws where it gave no answer. */
export async function allowed(
  id: string,
  claim: string,
  attempt: () => Promise<{ passed: boolean; answered: string }>,
): Promise<Check> {
  try {
    const { passed, answered } = await attempt();
    return check(id, claim, passed, answered);
  } catch (error) {
    return check(id, claim, false, answerOf(error));
  }
}

/** The server's code for what it was asked, or throws the error again. */
function answerOf(error: unknown): string {
  if (error instanceof DatabaseError && error.code !== undefined && !NO_ANSWER.test(error.code)) return error.code;
  throw error;
}

/** Runs `work` in a transaction that is always rolled back. */
export async function rolledBack<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    return await work();
  } finally {
    await client.query('rollback');
  }
}

/** What any role of an application must be: no more than a login, owning nothing, unable to become another, and at home in one database. */
export async function plainRole(client: ClientBase, mayBe: string[]): Promise<Check[]> {
  const { rows } = await client.query<{ attributes: string; owned: string; others: string[]; databases: string[] }>(
    `with recursive membership (oid) as (
       select roleid from pg_auth_members where member = to_regrole(quote_ident(current_user))
       union select roleid from pg_auth_members m join membership on m.member = membership.oid)
     select
       concat_ws(' ', case when rolsuper then 'superuser' end, case when rolbypassrls then 'bypassrls' end,
         case when rolcreaterole then 'createrole' end, case when rolcreatedb then 'createdb' end,
         case when rolreplication then 'replication' end) as attributes,
       (select count(*) from pg_shdepend where refclassid = 'pg_authid'::regclass and refobjid = r.oid and deptype = 'o') as owned,
       array(select rolname::text from membership join pg_roles using (oid) where rolname <> all ($1)) as others,
       array(select datname::text from pg_database where datallowconn and datname <> current_database()
             and has_database_privilege(r.oid, pg_database.oid, 'connect')) as databases
     from pg_roles r where rolname = current_user`,
    [mayBe],
  );
  const role = rows[0]!;
  return [
    check('attributes', 'the login has no special right', role.attributes === '', role.attributes || 'none'),
    check('owns-nothing', 'the login owns nothing', role.owned === '0', `${role.owned} objects`),
    check('no-other-role', 'the login cannot become another role', role.others.length === 0, listed(role.others)),
    check(
      'no-other-database',
      'the login may connect to no other database',
      role.databases.length === 0,
      listed(role.databases),
    ),
  ];
}

/** The first few of some names, or that there are none. */
export function listed(names: string[]): string {
  return names.length === 0 ? 'none' : names.slice(0, 5).join(', ');
}
