-- Single sign-on: what each operation that configures it was asked for. Secrets are sealed in `secret`; which of these a tenant has is in the
-- settings of its resource in the ledger.
create table sso_connection (
  operation_id text primary key references operation,
  tenant_id text not null references tenant,
  -- issuer, endpoints, client id, domains, groups and rules; no secret
  settings jsonb not null,
  created_at timestamptz not null default now()
);
create index sso_connection_of_tenant on sso_connection (tenant_id);

alter table operation
  drop constraint operation_kind_check,
  add constraint operation_kind_check check (kind in ('provision', 'suspend', 'resume', 'deprovision', 'configure-sso'));
