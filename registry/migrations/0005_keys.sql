-- A tenant's data key has generations, and whoever wraps it may be somebody else than the control plane's key ring.

alter table tenant_key
  add column generation int not null default 1,
  -- local: the key ring, key_id is the ring's; aws-kms: a key of the tenant's own, key_id is its ARN and key_region says whose settings reach it
  add column provider text not null default 'local' check (provider in ('local', 'aws-kms')),
  add column key_region text;
alter table tenant_key alter column generation drop default, alter column provider drop default;

-- Every generation there ever was, and never a key: what the registry can tell of a key that is gone.
create table key_generation (
  tenant_id text not null,
  generation int not null,
  provider text not null,
  key_region text,
  key_id text not null,
  created_at timestamptz not null default now(),
  destroyed_at timestamptz,
  -- who asked for it; null for what a run has made
  requested_by text,
  idempotency_key text,
  primary key (tenant_id, generation)
);
create unique index key_generation_idempotency on key_generation (requested_by, idempotency_key) where idempotency_key is not null;
insert into key_generation (tenant_id, generation, provider, key_id, created_at)
  select tenant_id, generation, provider, key_id, created_at from tenant_key;

-- While one API key takes over from another both are good, so a name is no longer a key's alone.
alter table api_key
  add column key_id uuid not null default gen_random_uuid(),
  -- another key of the name has taken over; this one is good until it expires
  add column superseded_at timestamptz,
  add column revoked_at timestamptz,
  drop constraint api_key_pkey,
  add primary key (key_id);
create unique index api_key_current on api_key (tenant_id, name) where superseded_at is null;
create index api_key_tenant on api_key (tenant_id, name);
-- 32 random bits: with very many keys two may begin alike, and both are good.
alter table api_key drop constraint api_key_prefix_key;
create index api_key_prefix on api_key (prefix);
