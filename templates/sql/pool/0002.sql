-- The tables that pooled tenants share, version 0002: a tenant's access to its rows, which suspending it takes away.
-- Repeating it changes nothing: a worker that knows only version 0001 marks the tables as 0001 when it starts, and a newer one then runs
-- this file again. Variables: schema, owner, app.
set local search_path = :"schema", pg_temp;

-- Read-only: the rows can be read, and none can be written. The application's login may read this column but not change it.
alter table tenant add column if not exists access text not null default 'open'
  check (access in ('open', 'read-only', 'closed'));

-- Restrictive policies narrow what own_tenant permits. They bind only the application's login, so backups and restores go on.
-- The sub-selects make each condition a constant of the statement: one lookup by key, however many rows there are. They need no condition,
-- because own_tenant on tenant shows the login one row; if it ever showed more, every statement would fail. A tenant that is missing, or
-- not set, has no access. DELETE has a policy of its own, because PostgreSQL checks it with the USING condition only.
do $$
declare
  name text;
begin
  foreach name in array array['project', 'item', 'setting', 'health_check'] loop
    execute format('drop policy if exists access on %I', name);
    execute format('drop policy if exists access_delete on %I', name);
    execute format($policy$create policy access on %I as restrictive to :"app"
      using ((select access <> 'closed' from tenant))
      with check ((select access = 'open' from tenant))$policy$, name);
    execute format($policy$create policy access_delete on %I as restrictive for delete to :"app"
      using ((select access = 'open' from tenant))$policy$, name);
  end loop;
end
$$;
