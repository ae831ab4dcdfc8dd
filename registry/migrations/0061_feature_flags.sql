-- The newest change of each feature flag of a tenant. A flag without a row is as the plan and the order have it.
create table feature_flag_change (
  tenant_id text not null references tenant,
  flag text not null,
  -- counts the changes of all flags of the tenant
  revision bigint not null check (revision >= 1),
  -- the variant and its targeting, or that the flag is as ordered again; and the reason
  ciphertext bytea not null,
  changed_by text not null,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (tenant_id, flag)
);
-- the tenant's newest revision, which each evaluation asks for
create unique index feature_flag_change_revision on feature_flag_change (tenant_id, revision);
