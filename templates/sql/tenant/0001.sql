-- A tenant's own schema, version 0001. It is the same in a cell's shared database and in a database of the tenant's own.
-- Its owner runs it in one transaction. The variables, in psql's notation, are schema, owner, app, readonly and the names of the functions.
-- Each tenant's functions have unique names, because PostgreSQL searches all functions of a name, in whatever schema they are.
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

-- Checks from outside write and read this table, and leave it empty.
create table health_check (
  id text primary key,
  written_at timestamptz not null default now()
);

create trigger touch before update on project for each row execute function :"touch_updated_at"();
create trigger touch before update on item for each row execute function :"touch_updated_at"();
create trigger touch before update on setting for each row execute function :"touch_updated_at"();

insert into project (name) values ('Default');

-- A second safeguard behind the grants: a role that is granted too much by mistake still sees nothing. The policies compare with
-- current_user and never with a setting, because anyone who can log in can also change settings.
do $$
declare
  relation regclass;
begin
  -- Find the tables through pg_depend, which has an index on the schema: a scan of the catalogue would take longer with every tenant.
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
