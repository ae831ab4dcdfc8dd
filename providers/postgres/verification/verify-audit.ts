import { escapeIdentifier, type ClientBase } from 'pg';
import type { Check } from '../../port/check';
import { inSchema } from '../catalogue';
import { allowed, check, listed, refused, rolledBack } from './checks';
import { AUDIT_LOG, schemaName } from '../shares/names';

/** Tables without an audit trail: the log itself, and the one that these checks write to. */
const NOT_AUDITED = [AUDIT_LOG, 'health_check'];

/** Checks the audit trail as the tenant's application. Everything is rolled back, so no entries are left in the trail. */
export async function auditChecks(client: ClientBase, tenantId: string): Promise<Check[]> {
  const log = `${escapeIdentifier(schemaName(tenantId))}.${AUDIT_LOG}`;
  const closed = (id: string, what: string, sql: string): Promise<Check> =>
    refused(id, `the login cannot ${what} the audit trail`, () => rolledBack(client, () => client.query(sql)));
  return [
    await recordsChanges(client, log),
    await auditsEveryTable(client, schemaName(tenantId)),
    await policiesCheck(client, log),
    await closed(
      'audit-add',
      'write into',
      `insert into ${log} (operation, table_name, row_key) values ('insert', 'x', '{}')`,
    ),
    await closed('audit-change', 'change', `update ${log} set actor = 'nobody'`),
    await closed('audit-delete', 'delete from', `delete from ${log}`),
    await closed('audit-numbers', 'use up the numbers of', `select nextval('${log}_id_seq')`),
    await closed('audit-empty', 'empty', `truncate ${log}`),
    await closed(
      'audit-off',
      'switch off',
      `alter table ${escapeIdentifier(schemaName(tenantId))}.project disable trigger audit`,
    ),
  ];
}

async function recordsChanges(client: ClientBase, log: string): Promise<Check> {
  const claim = 'inserting, changing and deleting a row leaves three entries, with login, actor, old and new values';
  return allowed('audit-trail', claim, () =>
    rolledBack(client, async () => {
      await client.query(`select set_config('app.actor', 'verify', true)`);
      const { rows } = await client.query<{ id: string }>(`insert into project (name) values ('verify') returning id`);
      await client.query(`update project set name = 'verify 2' where id = $1`, [rows[0]!.id]);
      await client.query(`delete from project where id = $1`, [rows[0]!.id]);
      const entries = await client.query<{ entry: string }>(
        `select concat_ws(' ', operation, login = session_user, actor, old_row ->> 'name', new_row ->> 'name') as entry
         from ${log} where table_name = 'project' and row_key = jsonb_build_object('id', $1::uuid) order by id`,
        [rows[0]!.id],
      );
      const answered = entries.rows.map(({ entry }) => entry).join(', ');
      const expected = 'insert t verify verify, update t verify verify verify 2, delete t verify verify 2';
      return { passed: answered === expected, answered: answered || 'no entries' };
    }),
  );
}

async function auditsEveryTable(client: ClientBase, schema: string): Promise<Check> {
  const { rows } = await client.query<{ name: string }>(
    `select relname::text as name from pg_class c
     where oid in ${inSchema('pg_class')} and relkind in ('r', 'p') and relname <> all ($2)
       and not exists (select from pg_trigger t join pg_proc p on p.oid = tgfoid
                       where tgrelid = c.oid and pronamespace = c.relnamespace and proname like '%record\\_change' and tgenabled = 'O')`,
    [schema, NOT_AUDITED],
  );
  return check(
    'audit-everywhere',
    'every table has an audit trail of its changes',
    rows.length === 0,
    listed(rows.map(({ name }) => name)),
  );
}

/** The second barrier behind the grants: the policies allow no change or deletion, whatever has been granted. */
async function policiesCheck(client: ClientBase, log: string): Promise<Check> {
  const { rows } = await client.query<{ command: string; limited: boolean }>(
    `select polcmd::text as command, pg_get_expr(coalesce(polwithcheck, polqual), polrelid) like '%CURRENT_USER%' as limited
     from pg_policy where polrelid = $1::regclass order by 1`,
    [log],
  );
  const answered = rows
    .map(({ command, limited }) => (limited ? command : `${command} without a condition on the login`))
    .join(', ');
  return check(
    'audit-policies',
    'the policies of the audit trail allow only reading and adding',
    answered === 'a, r',
    answered,
  );
}
