-- The audit trail inside a tenant's own schema, version 0001. It records every change in the transaction of the change.
-- The schema's owner runs it right after the tenant's own SQL, in the same transaction and with the same variables.
set local search_path = :"schema", pg_temp;

create table audit_log (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  -- The login of the session, which cannot be forged.
  login name not null default session_user,
  -- The user on whose behalf the application acts, if the application sets it: set_config('app.actor', …, true).
  actor text default nullif(current_setting('app.actor', true), ''),
  transaction_id xid8 not null default pg_current_xact_id(),
  operation text not null check (operation in ('insert', 'update', 'delete')),
  table_name name not null,
  row_key jsonb not null,
  old_row jsonb,
  new_row jsonb
);
create index audit_log_by_row on audit_log (table_name, row_key, id);

-- Runs as the owner, the only role that may add to the log. Its arguments are the columns of the table's primary key.
create function :"record_change"() returns trigger
  language plpgsql
  security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  after jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
begin
  insert into :"schema".audit_log (operation, table_name, row_key, old_row, new_row)
  values (lower(tg_op), tg_table_name, (select jsonb_object_agg(name, coalesce(after, before) -> name) from unnest(tg_argv) as name), before, after);
  return null;
end
$$;
revoke all on function :"record_change"() from public;

-- Every table gets the trigger, except the log itself and the table that checks from outside write to.
do $$
declare
  relation regclass;
  keys text;
begin
  for relation, keys in
    select c.oid, string_agg(quote_literal(a.attname), ', ' order by k.position)
    from pg_depend d
      join pg_class c on c.oid = d.objid
      join pg_index i on i.indrelid = c.oid and i.indisprimary
      cross join unnest(i.indkey::int2[]) with ordinality as k (attnum, position)
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
    where d.refclassid = 'pg_namespace'::regclass and d.refobjid = current_schema()::regnamespace and d.classid = 'pg_class'::regclass
      and c.relkind = 'r' and c.relname not in ('audit_log', 'health_check')
    group by c.oid
  loop
    execute format('create trigger audit after insert or update or delete on %s for each row execute function :"record_change"(%s)', relation, keys);
  end loop;
end
$$;

-- A second safeguard behind the grants: even if a role is granted too much by mistake, only the owner can add rows, and no role can change or
-- delete any.
alter table audit_log enable row level security, force row level security;
create policy tenant_roles on audit_log for select using (current_user in (:'owner', :'app', :'readonly'));
create policy written_by_triggers on audit_log for insert with check (current_user = :'owner');
