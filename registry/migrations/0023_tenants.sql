-- A tenant is an entity: it has a row, a state and its names, whatever operations have changed it and will.
create table tenant (
  tenant_id text primary key,
  -- gone: nothing is left but its history, and its names are free
  state text not null default 'provisioning' check (state in ('provisioning', 'active', 'suspended', 'leaving', 'gone')),
  tenant_name text not null,
  -- what the name looks like, see operation.name_look of 0020; null where an older tenant holds the look
  name_look text,
  custom_domain text,
  organization_hash bytea,
  plan text not null,
  region text,
  residency text,
  -- the plan's template with the order's customizations applied
  template jsonb not null,
  caller text not null,
  -- the operation that provisioned it
  operation_id text not null unique,
  created_at timestamptz not null default now(),
  state_since timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

-- The state that a provisioning with this status leaves its tenant in. Leftovers hold the names until an operator has decided.
create function tenant_state_of(status text) returns text immutable language sql as $$
  select case when status = 'active' then 'active' when status in ('failed', 'rejected', 'cancelled') then 'gone' else 'provisioning' end
$$;

insert into tenant (tenant_id, state, tenant_name, name_look, custom_domain, organization_hash, plan, region, residency, template, caller,
  operation_id, created_at, state_since, updated_at)
select tenant_id, tenant_state_of(status), tenant_name, name_look, custom_domain, organization_hash, plan, region, residency, template, caller,
  operation_id, created_at, coalesce(completed_at, created_at), updated_at
from operation where kind = 'provision';

-- Names are held by the tenant. The operation that provisioned a tenant stays `active` when the tenant is gone, and must not hold them then.
create unique index tenant_name_held on tenant (tenant_name) where state <> 'gone';
create unique index tenant_look_held on tenant (name_look) where state <> 'gone';
create unique index tenant_domain_held on tenant (custom_domain) where custom_domain is not null and state <> 'gone';
drop index operation_name_held, operation_look_held, operation_domain_held;

create index tenant_page on tenant (created_at desc, tenant_id desc);
create index tenant_page_of_state on tenant (state, created_at desc, tenant_id desc);
create index tenant_page_of_caller on tenant (caller, created_at desc, tenant_id desc);
create index tenant_page_of_region on tenant (region, created_at desc, tenant_id desc);
create index tenant_name_prefix on tenant (tenant_name text_pattern_ops);
create index tenant_organization on tenant (organization_hash) where organization_hash is not null;
create index tenant_backup on tenant (tenant_id) where state in ('active', 'suspended') and template ? 'backup';

-- An operation keeps the name, plan, region, residency and custom domain that its tenant had in it.
alter table operation
  add foreign key (tenant_id) references tenant,
  drop constraint operation_kind_check,
  add constraint operation_kind_check check (kind in ('provision', 'suspend', 'resume', 'deprovision'));
-- One open operation a tenant. A provisioning ends as `active`, later operations end as `completed`.
create unique index operation_open on operation (tenant_id)
  where status not in ('active', 'rejected', 'cancelled', 'failed', 'completed');

-- An API of 0.2.0 that still answers beside a newer one inserts only the operation, and knows a name that is taken by the index it had.
create function tenant_of_order() returns trigger language plpgsql as $$
declare
  held text;
begin
  if not exists (select from tenant where tenant_id = new.tenant_id) then
    insert into tenant (tenant_id, state, tenant_name, name_look, custom_domain, organization_hash, plan, region, residency, template, caller,
      operation_id, created_at)
    values (new.tenant_id, tenant_state_of(new.status), new.tenant_name, new.name_look, new.custom_domain, new.organization_hash, new.plan,
      new.region, new.residency, new.template, new.caller, new.operation_id, new.created_at);
  end if;
  return new;
exception when unique_violation then
  get stacked diagnostics held = constraint_name;
  raise unique_violation using message = sqlerrm, constraint = replace(held, 'tenant_', 'operation_');
end $$;
create trigger tenant_of_order before insert on operation for each row when (new.kind = 'provision') execute function tenant_of_order();

-- While a tenant is provisioned, its operation is the one place that is written, and the tenant follows it here and nowhere else. Workers of
-- 0.2.0 know only the operation; newer code relies on it too, so that the two can never differ. Only what changes is carried over: later
-- operations change the tenant itself. A domain that another tenant holds is reported by the index that workers of 0.2.0 know.
create function tenant_follows_provisioning() returns trigger language plpgsql as $$
declare
  held text;
begin
  update tenant set updated_at = now(),
    state = case when new.status = old.status then state else tenant_state_of(new.status) end,
    region = case when new.region is not distinct from old.region then region else new.region end,
    residency = case when new.residency is not distinct from old.residency then residency else new.residency end,
    custom_domain = case when new.custom_domain is not distinct from old.custom_domain then custom_domain else new.custom_domain end,
    organization_hash = case when new.organization_hash is not distinct from old.organization_hash then organization_hash
      else new.organization_hash end
  where tenant_id = new.tenant_id;
  return null;
exception when unique_violation then
  get stacked diagnostics held = constraint_name;
  raise unique_violation using message = sqlerrm, constraint = replace(held, 'tenant_', 'operation_');
end $$;
create trigger tenant_follows_provisioning
  after update of status, region, residency, custom_domain, organization_hash on operation for each row
  when (new.kind = 'provision' and (new.status, new.region, new.residency, new.custom_domain, new.organization_hash)
    is distinct from (old.status, old.region, old.residency, old.custom_domain, old.organization_hash))
  execute function tenant_follows_provisioning();

create function tenant_state_since() returns trigger language plpgsql as $$
begin
  new.state_since := now();
  return new;
end $$;
create trigger tenant_state_since before update of state on tenant for each row when (new.state <> old.state)
  execute function tenant_state_since();

-- From its reservation on, a tenant stays where it is, whatever asks for a change. A change of the operation that provisioned it is refused
-- when it is carried over.
drop trigger place_is_kept on operation;
create or replace function place_is_kept() returns trigger language plpgsql as $$
begin
  if (old.region, old.residency) is distinct from (new.region, new.residency)
     and (old.state in ('active', 'suspended', 'leaving') or exists (select from reservation where tenant_id = old.tenant_id)) then
    raise exception 'Tenant % stays in region % with residency %: it holds a reservation there.',
      old.tenant_id, old.region, coalesce(old.residency, 'not stated');
  end if;
  return new;
end $$;
create trigger place_is_kept before update of region, residency on tenant for each row execute function place_is_kept();

-- Logins that may write operations write tenants too, through the triggers above, also before the grants that follow a migration.
do $$
declare
  login regrole;
begin
  for login in
    select grantee from pg_class cross join aclexplode(relacl)
    where pg_class.oid = 'operation'::regclass and privilege_type = 'UPDATE' and grantee not in (0, relowner)
  loop
    execute format('grant select, insert, update, delete on tenant to %s', login);
  end loop;
end $$;
