-- Tokens with which customers' directories provision people of one tenant. Only hashes are stored.
create table scim_token (
  token_id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  name text not null,
  -- the beginning of the token, to recognise it by
  prefix text not null,
  hash bytea not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  -- another token of the name has taken over; this one is valid until it expires
  superseded_at timestamptz,
  revoked_at timestamptz
);
create unique index scim_token_current on scim_token (tenant_id, name) where superseded_at is null;
create index scim_token_tenant on scim_token (tenant_id, name);
create index scim_token_prefix on scim_token (prefix);
