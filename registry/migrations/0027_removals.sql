-- Tenants can be removed.
alter table tenant
  -- The state that the tenant goes back to if its open operation ends without success; null while no operation has changed it from its start.
  add column returns_to text check (returns_to in ('active', 'suspended')),
  -- The name stays held although the tenant is gone.
  add column name_kept boolean not null default false;
alter table operation
  -- Since then the run only goes forward.
  add column pivot_at timestamptz,
  -- When the tenant is to be removed, as it was announced.
  add column removal_at timestamptz;
update operation set pivot_at = coalesce(completed_at, updated_at) where status in ('active', 'completed');

-- The domain's index is made anew too, because they are checked in the order in which they were made, and an order is refused by its name first.
drop index tenant_name_held, tenant_look_held, tenant_domain_held;
create unique index tenant_name_held on tenant (tenant_name) where state <> 'gone' or name_kept;
create unique index tenant_look_held on tenant (name_look) where state <> 'gone' or name_kept;
create unique index tenant_domain_held on tenant (custom_domain) where custom_domain is not null and state <> 'gone';
