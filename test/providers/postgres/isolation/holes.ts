import { PROBE_TENANT_ID } from '../../../../contract/ids';
import type { Isolation } from '../../../../contract/orders/order';

/** A security hole that must be noticed: the statement that opens it, the checks that notice it, and the statement that closes it. */
export interface Hole {
  isolation: Isolation;
  hole: string;
  /** Without the leading `database.`. */
  noticedBy: string[];
  database: string;
  open: string;
  close: string;
}

/** Checks that no statement can make fail, with the reason. */
export const WITHOUT_A_HOLE: Record<string, string> = {
  'wrong-password': 'which passwords are taken is in the server’s pg_hba.conf',
};

/** `T` stands for the tenant's name, `P` for the probe tenant's. */
export function named(sql: string, tenantId: string): string {
  return sql.replace(/\b[TP](?=[_.\s;]|$)/g, (letter) => `t_${letter === 'T' ? tenantId : PROBE_TENANT_ID}`);
}

const hole =
  (isolation: Isolation, standard: string) =>
  (what: string, noticedBy: string, open: string, close: string, database = standard): Hole => ({
    isolation,
    hole: what,
    noticedBy: noticedBy.split(' '),
    database,
    open,
    close,
  });

const pooled = hole('pooled', 'app_pool');
const schema = hole('schema', 'app_schemas');

const USING = `(tenant_id = (select nullif(current_setting('app.tenant', true), '')))`;
const policy = (table: string, check = USING): string =>
  `drop policy if exists own_tenant on app.${table}; create policy own_tenant on app.${table} using ${USING} with check ${check}`;

/** At least one hole for every check of step 9, and at least one check for every hole. */
export const HOLES: Hole[] = [
  pooled('a login that is closed', 'login', 'alter role app_pool nologin', 'alter role app_pool login'),
  pooled(
    'row-level security switched off',
    'row-security unset reused probe-own probe-read probe-change probe-delete probe-insert probe-give ' +
      'from-probe-own from-probe-read from-probe-change from-probe-delete from-probe-insert from-probe-give',
    'alter table app.project disable row level security',
    'alter table app.project enable row level security',
  ),
  pooled(
    'row-level security not forced',
    'row-security',
    'alter table app.item no force row level security',
    'alter table app.item force row level security',
  ),
  pooled(
    'a partition without row-level security',
    'row-security',
    'alter table app.item_p07 disable row level security',
    'alter table app.item_p07 enable row level security',
  ),
  pooled(
    'a policy that lets everything through',
    'policies probe-own probe-read from-probe-own from-probe-read',
    'create policy hole on app.project using (true)',
    'drop policy hole on app.project',
  ),
  pooled(
    'a policy without a check of what is written',
    'probe-insert probe-give',
    policy('project', '(true)'),
    policy('project'),
  ),
  pooled(
    // Nothing gets through: without a tenant there is no access either.
    'a policy that takes an empty setting for all tenants',
    'policies',
    `create policy hole on app.project for select using (current_setting('app.tenant', true) = '')`,
    'drop policy hole on app.project',
  ),
  pooled('a table whose policy was lost', 'policies', 'drop policy own_tenant on app.setting', policy('setting')),
  pooled(
    'a tenant that does not see its own row',
    'probe-own from-probe-own',
    'alter policy own_tenant on app.tenant using (false)',
    `alter policy own_tenant on app.tenant using ${USING}`,
  ),
  pooled(
    'a table that cannot be written',
    'write-read privileges',
    'revoke insert on app.health_check from app_pool',
    'set role app_pool_owner; grant insert on app.health_check to app_pool',
  ),
  pooled(
    'a grant on a partition',
    'privileges no-partition',
    'grant select on app.project_p00 to app_pool',
    'revoke select on app.project_p00 from app_pool',
  ),
  pooled(
    'a grant on a column',
    'privileges',
    'grant update (created_at) on app.tenant to app_pool',
    'revoke update (created_at) on app.tenant from app_pool',
  ),
  pooled(
    'a grant to truncate',
    'no-truncate privileges',
    'grant truncate on app.item to app_pool',
    'revoke truncate on app.item from app_pool',
  ),
  pooled(
    'a login that skips row-level security',
    'attributes unset',
    'alter role app_pool bypassrls',
    'alter role app_pool nobypassrls',
  ),
  pooled(
    'a login that can become the owner',
    'not-owner no-other-role no-drop no-truncate no-tenant functions-closed',
    'grant app_pool_owner to app_pool',
    'revoke app_pool_owner from app_pool',
  ),
  pooled(
    'a login that owns something',
    'owns-nothing owner',
    'create table app.hole (id int); alter table app.hole owner to app_pool',
    'drop table app.hole',
  ),
  pooled(
    'an owner that skips row-level security',
    'owner',
    'alter role app_pool_owner bypassrls',
    'alter role app_pool_owner nobypassrls',
  ),
  pooled(
    'a login that makes tables',
    'no-public-ddl',
    'grant create on schema public to app_pool',
    'revoke create on schema public from app_pool',
  ),
  pooled(
    'a login that looks into the schema public',
    'no-public',
    'grant usage on schema public to app_pool',
    'revoke usage on schema public from app_pool',
  ),
  pooled(
    'a login that gets into the schemas’ database',
    'not-in-app_schemas no-other-database',
    'grant connect on database app_schemas to app_pool',
    'revoke connect on database app_schemas from app_pool',
  ),
  pooled(
    'a login that gets into the administrator’s database',
    'not-in-postgres no-other-database',
    'grant connect on database postgres to app_pool',
    'revoke connect on database postgres from app_pool',
  ),
  pooled(
    'a login that gets into the template of databases',
    'not-in-template1 no-other-database',
    'grant connect on database template1 to app_pool',
    'revoke connect on database template1 from app_pool',
  ),
  pooled(
    'a login that makes tenants',
    'no-tenant privileges',
    'grant insert on app.tenant to app_pool; create policy hole on app.tenant for insert with check (true)',
    'revoke insert on app.tenant from app_pool; drop policy hole on app.tenant',
  ),
  pooled(
    'a view that reads as its owner',
    'views',
    'create view app.hole as select * from app.project',
    'drop view app.hole',
  ),
  pooled(
    'a materialized view, which has no policies',
    'views',
    'create materialized view app.hole as select * from app.project',
    'drop materialized view app.hole',
  ),
  pooled(
    'a function that the login can call',
    'functions-closed',
    'grant execute on function app.touch_updated_at() to app_pool',
    'revoke execute on function app.touch_updated_at() from app_pool',
  ),
  pooled(
    'a function whose search path is the caller’s',
    'functions-pinned',
    'alter function app.touch_updated_at() reset search_path',
    'alter function app.touch_updated_at() set search_path = pg_catalog, pg_temp',
  ),
  pooled(
    'a trigger that is switched off',
    'touched',
    'alter table app.item disable trigger touch',
    'alter table app.item enable trigger touch',
  ),
  pooled(
    'a database in which everybody makes temporary tables',
    'closed',
    'grant temporary on database app_pool to public',
    'revoke temporary on database app_pool from public',
  ),
  pooled(
    'a unique key that tells of other tenants',
    'keys',
    'create unique index hole on app.setting (key, tenant_id)',
    'drop index app.hole',
  ),

  schema('a login that is closed', 'login', 'alter role T_app nologin', 'alter role T_app login'),
  schema(
    'row-level security not forced',
    'row-security',
    'alter table T.item no force row level security',
    'alter table T.item force row level security',
  ),
  schema(
    'a policy that lets everything through',
    'policies',
    'create policy hole on T.setting using (true)',
    'drop policy hole on T.setting',
  ),
  schema(
    'a table that cannot be written',
    'write-read privileges',
    'revoke insert on T.health_check from T_app',
    'set role T_owner; grant insert on T.health_check to T_app',
  ),
  schema(
    'a grant on the probe tenant’s schema',
    'not-probe',
    'grant usage on schema P to T_app; grant select on P.project to T_app',
    'revoke usage on schema P from T_app; revoke select on P.project from T_app',
  ),
  schema(
    'a grant to the probe tenant',
    'from-probe',
    'grant usage on schema T to P_app; grant select on T.project to P_app',
    'revoke usage on schema T from P_app; revoke select on T.project from P_app',
  ),
  schema('a probe tenant that cannot log in', 'probe-login', 'alter role P_app nologin', 'alter role P_app login'),
  schema(
    'a login that can become the owner',
    'not-owner no-other-role no-own-ddl no-drop no-policy-off functions-closed audit-off audit-empty',
    'grant T_owner to T_app',
    'revoke T_owner from T_app',
  ),
  schema(
    'a login that makes tables',
    'no-own-ddl',
    'grant create on schema T to T_app',
    'revoke create on schema T from T_app',
  ),
  schema(
    'a login that makes tables in the schema public',
    'no-public-ddl',
    'grant create on schema public to T_app',
    'revoke create on schema public from T_app',
  ),
  schema(
    'a login that looks into the schema public',
    'no-public',
    'grant usage on schema public to T_app',
    'revoke usage on schema public from T_app',
  ),
  schema(
    'a login that makes schemas',
    'no-schema',
    'grant create on database app_schemas to T_app',
    'revoke create on database app_schemas from T_app',
  ),
  schema('a login with a special right', 'attributes', 'alter role T_app createdb', 'alter role T_app nocreatedb'),
  schema(
    'a login that owns something',
    'owns-nothing owner row-security',
    'create table T.hole (id int); alter table T.hole owner to T_app',
    'drop table T.hole',
  ),
  schema(
    'a login that gets into the pooled tenants’ database',
    'not-in-app_pool no-other-database',
    'grant connect on database app_pool to T_app',
    'revoke connect on database app_pool from T_app',
  ),
  schema(
    'a login that gets into the administrator’s database',
    'not-in-postgres no-other-database',
    'grant connect on database postgres to T_app',
    'revoke connect on database postgres from T_app',
  ),
  schema(
    'a database that is open to everybody',
    'not-in-template1 no-other-database',
    'grant connect on database template1 to public',
    'revoke connect on database template1 from public',
  ),
  schema(
    'a database in which everybody makes temporary tables',
    'closed',
    'grant temporary on database app_schemas to public',
    'revoke temporary on database app_schemas from public',
  ),
  schema(
    'a view that reads as its owner',
    'views',
    'create view T.hole as select * from T.project',
    'drop view T.hole',
  ),
  schema(
    'a function that the login can call',
    'functions-closed',
    'grant execute on function T.T_touch_updated_at() to T_app',
    'revoke execute on function T.T_touch_updated_at() from T_app',
  ),
  schema(
    'a function with the owner’s rights whose search path is the caller’s',
    'functions-pinned',
    'alter function T.T_record_change() reset search_path',
    'alter function T.T_record_change() set search_path = pg_catalog, pg_temp',
  ),
  schema(
    'a trigger that is switched off',
    'touched',
    'alter table T.setting disable trigger touch',
    'alter table T.setting enable trigger touch',
  ),
  schema(
    'a login without a time-out',
    'limits',
    'alter role T_app reset statement_timeout',
    `alter role T_app set statement_timeout = '30s'`,
  ),
  schema(
    'a read-only login whose transactions may write',
    'readonly-limits',
    'alter role T_readonly reset default_transaction_read_only',
    'alter role T_readonly set default_transaction_read_only = on',
  ),
  schema(
    'a read-only login that writes',
    'readonly-writes-not readonly-privileges',
    'grant insert on T.health_check to T_readonly',
    'revoke insert on T.health_check from T_readonly',
  ),
  schema(
    'a read-only login that does not read',
    'readonly-reads readonly-privileges',
    'revoke select on T.project from T_readonly',
    'set role T_owner; grant select on T.project to T_readonly',
  ),
  schema(
    'an audit trail that is switched off for a table',
    'audit-trail audit-everywhere',
    'alter table T.project disable trigger audit',
    'alter table T.project enable trigger audit',
  ),
  schema(
    'an audit trail that is written to',
    'audit-add audit-policies privileges',
    'grant insert on T.audit_log to T_app; create policy hole on T.audit_log for insert with check (true)',
    'revoke insert on T.audit_log from T_app; drop policy hole on T.audit_log',
  ),
  schema(
    'an audit trail that is changed, emptied and run out of numbers',
    'audit-change audit-delete audit-empty audit-numbers privileges',
    'grant update, delete, truncate on T.audit_log to T_app; grant usage on sequence T.audit_log_id_seq to T_app',
    'revoke update, delete, truncate on T.audit_log from T_app; revoke usage on sequence T.audit_log_id_seq from T_app',
  ),
];
