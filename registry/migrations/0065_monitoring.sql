-- The number under which a store of logs keeps a tenant's, which knows tenants by numbers only. Never given twice, also after the tenant is gone.
create table monitoring_account (
  tenant_id text primary key,
  account int not null unique generated always as identity
);

-- The alerts of a tenant's plan that have fired, each in its newest state.
create table tenant_alert (
  tenant_id text not null references tenant,
  alert text not null,
  severity text not null,
  -- the caller's webhook endpoints that are told; null: every one that follows such events
  receivers text[],
  fired_at timestamptz not null,
  resolved_at timestamptz,
  primary key (tenant_id, alert)
);
