import { DatabaseError, type ClientBase } from 'pg';
import type { Check } from '../../port/check';

// Insufficient privilege (including a row-level security violation), login refused, no such database. A missing table or schema does not
// count as a refusal: an absent object does not prove that access to it is denied.
const REFUSALS = new Set(['42501', '28000', '28P01', '3D000']);

// Errors of the connection, resources, transaction, operator or system: the server did not answer the question.
const NOT_AN_ANSWER = /^(08|25|40|53|54|55|57|58|XX)/;

/** Condition for the rows of `health_check` that an attempt deletes: its own (`$1`), and those left by attempts whose worker died. */
export const OWN_OR_STALE_ROWS = `id = $1 or (id like 'verify-%' and written_at < now() - interval '10 minutes')`;

/** Builds a check result; the id gets the prefix `database.`. */
export function check(id: string, claim: string, passed: boolean, answered: string): Check {
  return { id: `database.${id}`, claim, passed, answered };
}

/** Check that passes if the server refuses the attempt. Throws if the server gives no answer, because that proves nothing. */
export async function refused(id: string, claim: string, attempt: () => Promise<unknown>): Promise<Check> {
  try {
    await attempt();
    return check(id, claim, false, 'allowed');
  } catch (error) {
    const code = answerOf(error);
    return check(id, claim, REFUSALS.has(code), code);
  }
}

/** Check that passes if the attempt says so, and fails if the server refuses it. Throws if the server gives no answer. */
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

/** The SQLSTATE the server answered with. Rethrows any error that is not an answer. */
function answerOf(error: unknown): string {
  if (error instanceof DatabaseError && error.code !== undefined && !NOT_AN_ANSWER.test(error.code)) return error.code;
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

/**
 * Checks of any application role: it has no special attributes, owns nothing, cannot become a role other than those in `mayBe`, and cannot
 * connect to another database.
 */
export async function plainRoleChecks(client: ClientBase, mayBe: string[]): Promise<Check[]> {
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
    check('attributes', 'the login has no special attributes', role.attributes === '', role.attributes || 'none'),
    check('owns-nothing', 'the login owns nothing', role.owned === '0', `${role.owned} objects`),
    check('no-other-role', 'the login cannot become another role', role.others.length === 0, listed(role.others)),
    check(
      'no-other-database',
      'the login cannot connect to any other database',
      role.databases.length === 0,
      listed(role.databases),
    ),
  ];
}

/** The first five names, or `none`. */
export function listed(names: string[]): string {
  return names.length === 0 ? 'none' : names.slice(0, 5).join(', ');
}
