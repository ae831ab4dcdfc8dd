-- Links with which a customer's administrator, who has no account here, connects the company's sign-in. They have the columns of an API key:
-- `scopes` are the groups in which everyone is who signs in, and `last_used_at` is when the link was opened, which is possible once.
create table sso_link (
  key_id uuid primary key default gen_random_uuid(),
  tenant_id text not null references tenant,
  name text not null,
  prefix text not null,
  hash bytea not null,
  scopes text[] not null default '{}',
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  -- a client that has lost the answer opens the link again with the same key
  open_idempotency_key text,
  -- SHA-256 of the session's id, which only the browser that has opened the link knows
  session_hash bytea,
  -- the newest operation that was begun through the link; the link has done its work once it is completed
  operation_id text references operation,
  superseded_at timestamptz,
  revoked_at timestamptz
);
create unique index sso_link_current on sso_link (tenant_id, name) where superseded_at is null;
create index sso_link_tenant on sso_link (tenant_id, name);
create index sso_link_prefix on sso_link (prefix);
create unique index sso_link_session on sso_link (session_hash);

-- SAML metadata that were given by their URL are read again every day.
alter table sso_connection
  -- when its metadata were last read, whatever came of it
  add column asked_at timestamptz not null default now(),
  -- why they could not be used when they were last read again
  add column metadata_problem text check (metadata_problem in ('unreadable', 'other-entity'));
create index sso_connection_metadata on sso_connection (asked_at) where settings ? 'metadataUrl';
