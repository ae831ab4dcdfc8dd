-- The tables that pooled tenants share, version 0001. Run once a cell by their owner in one transaction, in the database app_pool.
-- A tenant is rows here, not objects: partitions are by hash with a fixed modulus, because one partition a tenant slows every later one.
-- Variables: schema, owner, app.
set local search_path = :"schema", pg_temp;

create function touch_updated_at() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
revoke all on function touch_updated_at() from public;

create table tenant (
  tenant_id text primary key check (tenant_id ~ '^[a-z][a-z0-9]{15}$'),
  created_at timestamptz not null default now()
);

-- Every key begins with the tenant, so that neither a unique nor a foreign key answers for another tenant's rows.
create table project (
  tenant_id text not null references tenant on delete cascade,
  id uuid not null default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
) partition by hash (tenant_id);

create table item (
  tenant_id text not null references tenant on delete cascade,
  id uuid not null default gen_random_uuid(),
  project_id uuid not null,
  title text not null check (length(title) between 1 and 500),
  state text not null default 'open' check (state in ('open', 'done')),
  due_on date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, project_id) references project on delete cascade
) partition by hash (tenant_id);
create index item_by_project on item (tenant_id, project_id);
create index item_open_by_due_date on item (tenant_id, due_on) where state = 'open';

create table setting (
  tenant_id text not null references tenant on delete cascade,
  key text not null check (key ~ '^[a-z][a-z0-9_.-]{0,99}$'),
  value jsonb not null,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, key)
) partition by hash (tenant_id);

-- Written and read by checks from outside, which leave it empty.
create table health_check (
  tenant_id text not null references tenant on delete cascade,
  id text not null,
  written_at timestamptz not null default now(),
  primary key (tenant_id, id)
) partition by hash (tenant_id);

create trigger touch before update on project for each row execute function touch_updated_at();
create trigger touch before update on item for each row execute function touch_updated_at();
create trigger touch before update on setting for each row execute function touch_updated_at();

-- The application sets the tenant per transaction. Absent, or empty as it is on a reused connection, it matches no row: fail closed.
-- The sub-select makes it a constant of the query, which prunes partitions. Partitions get no grants: read directly, a partition
-- would skip its parent's policy; their own forced row-level security without a policy refuses everything a second time.
do $$
declare
  name text;
begin
  foreach name in array array['project', 'item', 'setting', 'health_check'] loop
    for remainder in 0..15 loop
      execute format('create table %1$I partition of %2$I for values with (modulus 16, remainder %3$s)',
        name || '_p' || to_char(remainder, 'fm00'), name, remainder);
      execute format('alter table %I enable row level security, force row level security',
        name || '_p' || to_char(remainder, 'fm00'));
    end loop;
    execute format('alter table %I enable row level security, force row level security', name);
    execute format($policy$create policy own_tenant on %I
      using (tenant_id = (select nullif(current_setting('app.tenant', true), '')))
      with check (tenant_id = (select nullif(current_setting('app.tenant', true), '')))$policy$, name);
  end loop;
end
$$;

alter table tenant enable row level security, force row level security;
create policy own_tenant on tenant for select using (tenant_id = (select nullif(current_setting('app.tenant', true), '')));
-- Provisioning makes, removes and lists tenants; it can do so in this one table only.
create policy provisioning on tenant to :"owner" using (true) with check (true);

grant usage on schema :"schema" to :"app";
grant select on tenant to :"app";
grant select, insert, update, delete on project, item, setting, health_check to :"app";
