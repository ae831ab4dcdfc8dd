-- Exports of tenants that leave: archives in the region's vault, encrypted for the customer. A row is there before anything is written, so
-- nothing lies in a vault that no row stands for.
create table tenant_export (
  -- the removal that asked for it
  operation_id text primary key references operation,
  tenant_id text not null,
  region text not null,
  state text not null default 'running' check (state in ('running', 'ready', 'removing', 'removed')),
  -- each attempt has a folder of its own: two that overlap cannot mix
  attempt int not null default 0,
  -- the age recipient: the customer's, or that of the identity below
  recipient text not null,
  own_identity boolean not null,
  -- the secret key of an identity made for this archive, wrapped by the key ring: it must outlive the tenant's own key.
  -- null if the customer named a key, and once the key was handed out
  wrapped_identity bytea,
  wrapping_key_id text,
  -- the link that hands out the identity, once
  token_hash bytea,
  claimed_at timestamptz,
  claim_idempotency_key text,
  -- finished volumes with their keys in the vault; an attempt that follows a crash goes on after the last one
  volumes jsonb not null default '[]',
  begun_at timestamptz not null default now(),
  ready_at timestamptz,
  removed_at timestamptz,
  check ((wrapped_identity is null) = (wrapping_key_id is null))
);
create index tenant_export_of on tenant_export (tenant_id, begun_at desc);
create index tenant_export_stored on tenant_export (region) where state <> 'removed';
