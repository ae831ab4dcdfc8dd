-- Certificates of removed tenants, one each. What was certified stays as it is, so it refers to no row that could go.
create table removal_certificate (
  tenant_id text primary key,
  certificate_id text not null unique,
  operation_id text not null,
  key_id text not null references audit_key,
  -- JWS in its flattened JSON form, RFC 7515
  signed jsonb not null,
  issued_at timestamptz not null default now()
);
create trigger append_only before update or delete or truncate on removal_certificate execute function refuse_change();
