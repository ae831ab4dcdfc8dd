-- A tenant's own schema, version 0001; the same for a schema in a cell's shared database and for a database of the tenant's own.
-- Run by its owner in one transaction. The variables are written as psql writes them:
-- schema, owner, app, readonly, and the names of functions: PostgreSQL looks through all functions of a name, in whatever schema, so each tenant has names of its own.
set local search_path = :"schema", pg_temp;

create function :"touch_updated_at"() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  new.updated_at := now();
  return new;
end
$$;
revoke all on function :"touch_updated_at"() from public;

create table project (
  id uuid primary key default gen_random_uuid(),
  name text not null unique check (length(name) between 1 and 200),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table item (
  id uuid primary key default gen_random_uuid(),
  project_id uuid not null references project on delete cascade,
  title text not null check (length(title) between 1 and 500),
  state text not null default 'open' check (state in ('open', 'done')),
  due_on date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index item_by_project on item (project_id);
create index item_open_by_due_date on item (due_on) where state = 'open';

create table setting (
  key text primary key check (key ~ '^[a-z][a-z0-9_.-]{0,99}$'),
  value jsonb not null,
  updated_at timestamptz not null default now()
);

-- Written and read by checks from outside, which leave it empty.
create table health_check (
  id text primary key,
  written_at timestamptz not null default now()
);

create trigger touch before update on project for each row execute function :"touch_updated_at"();
create trigger touch before update on item for each row execute function :"touch_updated_at"();
create trigger touch before update on setting for each row execute function :"touch_updated_at"();

insert into project (name) values ('Default');

-- A second lock behind the grants: a role that is granted too much by mistake still sees nothing. It compares with current_user,
-- never with a setting, because anyone who can log in can also change settings.
do $$
declare
  relation regclass;
begin
  -- By what depends on the schema, which has an index: a look through the catalogue would take longer with every tenant.
  for relation in
    select c.oid from pg_depend d join pg_class c on c.oid = d.objid
    where d.refclassid = 'pg_namespace'::regclass and d.refobjid = current_schema()::regnamespace and d.classid = 'pg_class'::regclass and c.relkind = 'r'
  loop
    execute format('alter table %s enable row level security, force row level security', relation);
  end loop;
end
$$;
create policy tenant_roles on project using (current_user in (:'owner', :'app', :'readonly'));
create policy tenant_roles on item using (current_user in (:'owner', :'app', :'readonly'));
create policy tenant_roles on setting using (current_user in (:'owner', :'app', :'readonly'));
create policy tenant_roles on health_check using (current_user in (:'owner', :'app', :'readonly'));
