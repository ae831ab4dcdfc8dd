-- The control plane's own database: acceptance, the ledger, capacity, secrets, audit. Provider-side data is not here.

create table operation (
  operation_id text primary key,
  tenant_id text not null,
  kind text not null default 'provision' check (kind in ('provision')),
  status text not null default 'pending',
  tenant_name text not null,
  plan text not null,
  region text,
  residency text,
  -- the plan's template with the order's customizations applied, as it was when the order came
  template jsonb not null,
  caller text not null,
  idempotency_key text,
  request_hash bytea not null,
  -- the order, encrypted under the tenant's key: it names people
  order_ciphertext bytea not null,
  approval_state text not null default 'not_required',
  approval_deadline timestamptz,
  approval_keys text[] not null default '{}',
  -- after the pivot: whether the first charge went through
  billing text check (billing in ('active', 'past_due')),
  failure jsonb,
  leftovers jsonb not null default '[]',
  -- written by the run at its end; until then step_event tells
  steps jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  completed_at timestamptz,
  -- null until Temporal has taken the run; the relay starts what stays null
  started_at timestamptz
);
create unique index operation_tenant on operation (tenant_id) where kind = 'provision';
-- A name is held by every operation but those that left nothing behind.
create unique index operation_name_held on operation (tenant_name) where status not in ('failed', 'rejected', 'cancelled');
create unique index operation_idempotency on operation (caller, idempotency_key) where idempotency_key is not null;
create index operation_page on operation (created_at desc, operation_id desc);
create index operation_unstarted on operation (created_at) where started_at is null;

-- The ledger: a row for everything that may exist at a provider, written before it is made.
create table resource (
  resource_id bigint generated always as identity primary key,
  tenant_id text not null,
  operation_id text not null references operation,
  step text not null,
  kind text not null,
  provider text not null,
  region text not null,
  cell text not null default '',
  name text not null,
  external_id text,
  state text not null default 'intended'
    check (state in ('intended', 'present', 'closing', 'absent', 'accepted', 'scheduled_for_deletion')),
  generation int not null default 0,
  -- until then a request that nobody waits for any more may still take effect at the provider
  in_flight_until timestamptz,
  facts jsonb not null default '{}',
  last_error text,
  intended_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (tenant_id, kind)
);
create index resource_operation on resource (operation_id, step, resource_id);

-- One data key a tenant, wrapped by the key ring. Deleting the row makes everything under it unreadable.
create table tenant_key (
  tenant_id text primary key,
  key_id text not null,
  wrapped_key bytea not null,
  created_at timestamptz not null default now()
);

create table secret (
  tenant_id text not null,
  kind text not null,
  name text not null,
  ciphertext bytea not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, kind, name)
);

create table cell (
  region text not null,
  kind text not null check (kind in ('database', 'storage', 'compute')),
  cell text not null,
  capacity bigint not null check (capacity >= 0),
  used bigint not null default 0 check (used >= 0),
  primary key (region, kind, cell)
);

create table reservation (
  tenant_id text not null,
  kind text not null check (kind in ('database', 'storage', 'compute', 'network')),
  region text not null,
  cell text not null,
  units bigint not null check (units >= 0),
  created_at timestamptz not null default now(),
  primary key (tenant_id, kind)
);
create unique index reservation_hostname on reservation (cell) where kind = 'network';

-- Which cell of the application serves a pooled tenant, and how much of it; the application's scheduler reads this.
create table pool_placement (
  tenant_id text primary key,
  region text not null,
  cell text not null,
  cpu_millis int not null check (cpu_millis > 0),
  memory_mb int not null check (memory_mb > 0)
);

create table configuration (
  tenant_id text not null,
  version int not null,
  section text not null,
  -- JSON under the tenant's key: branding and settings may name people
  ciphertext bytea not null,
  created_at timestamptz not null default now(),
  primary key (tenant_id, version, section)
);

-- Keys a tenant's application calls the product with. Only the hash is kept.
create table api_key (
  tenant_id text not null,
  name text not null,
  prefix text not null unique,
  hash bytea not null,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  primary key (tenant_id, name)
);

-- The hand-over of the first credentials: one token a tenant, only its hash is kept.
create table claim (
  tenant_id text primary key,
  token_hash bytea not null,
  expires_at timestamptz not null,
  claimed_at timestamptz,
  claim_idempotency_key text,
  created_at timestamptz not null default now()
);

create table approval_decision (
  decision_id text primary key,
  operation_id text not null references operation,
  decision text not null check (decision in ('approve', 'reject')),
  comment text not null default '',
  decided_by text not null,
  -- false when it came past the API, signed by nobody
  verified boolean not null,
  decided_at timestamptz not null default now()
);
-- The first decision wins.
create unique index approval_decision_once on approval_decision (operation_id);

-- Control-plane callers. The token itself is shown once, when it is made.
create table api_token (
  token_id text primary key,
  name text not null,
  prefix text not null,
  hash bytea not null unique,
  roles text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  last_used_at timestamptz
);

-- Telemetry of activities: best effort, never waited for by a run.
create table step_event (
  operation_id text not null,
  activity_id text not null,
  attempt int not null,
  step text not null,
  direction text not null check (direction in ('forward', 'compensation')),
  started_at timestamptz not null,
  ended_at timestamptz,
  error_type text,
  error_message text,
  primary key (operation_id, activity_id, attempt)
);

-- What happened to a tenant, chained: each entry's hash covers the one before it.
create table audit_entry (
  tenant_id text not null,
  sequence bigint not null,
  operation_id text,
  at timestamptz not null,
  actor text not null,
  action text not null,
  detail jsonb not null,
  previous_hash bytea not null,
  hash bytea not null,
  primary key (tenant_id, sequence)
);
