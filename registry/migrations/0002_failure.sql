-- What an operator decides about a run that waits for one, and what the sweeper finds.

alter table operation
  -- while on hold: until when an operator may decide
  add column hold_until timestamptz,
  -- steps an operator has left out: [{ step, reason, by, at }]; kept for as long as the tenant
  add column skipped jsonb not null default '[]';

create table resolution (
  resolution_id text primary key,
  operation_id text not null references operation,
  verb text not null check (verb in ('retry', 'amend', 'skip', 'compensate', 'accept')),
  reason text not null default '',
  requested_by text not null,
  -- false when it came past the API, signed by nobody
  verified boolean not null,
  idempotency_key text,
  request_hash bytea,
  -- amend: the order as it is to be, encrypted under the tenant's key
  order_ciphertext bytea,
  -- accept: which leftovers, [{ kind, id }]
  leftovers jsonb,
  -- requested: the run has not said yet whether it takes it; taken: it does; refused: it does not
  state text not null default 'requested' check (state in ('requested', 'taken', 'refused')),
  requested_at timestamptz not null default now(),
  taken_at timestamptz
);
create unique index resolution_idempotency on resolution (requested_by, idempotency_key) where idempotency_key is not null;
create index resolution_operation on resolution (operation_id, requested_at);

create table sweep (
  sweep_id text primary key,
  requested_by text not null,
  dry_run boolean not null,
  state text not null default 'running' check (state in ('running', 'done', 'refused', 'failed')),
  -- refused or failed: why
  reason text,
  -- { "<what>": how many }
  counts jsonb not null default '{}',
  started_at timestamptz not null default now(),
  ended_at timestamptz
);
create index sweep_page on sweep (started_at desc, sweep_id desc);

-- What a sweep found that nobody owns: kept aside and visible for a grace period before anything is done about it.
create table quarantine (
  finding_id bigint generated always as identity primary key,
  -- orphan: ours by its marks, nobody's by the ledger; unknown-tenant: the registry has never heard of the tenant;
  -- lost-run: an operation that has not ended, and no run that works on it
  reason text not null check (reason in ('orphan', 'unknown-tenant', 'lost-run')),
  kind text not null,
  provider text not null,
  region text not null,
  cell text not null default '',
  name text not null,
  external_id text not null,
  tenant_id text not null,
  operation_id text,
  state text not null default 'quarantined' check (state in ('quarantined', 'resolving', 'resolved', 'released')),
  last_error text,
  found_by text not null references sweep,
  found_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  due_at timestamptz not null,
  resolved_at timestamptz
);
-- One open finding a thing, whoever finds it.
create unique index quarantine_open on quarantine (provider, kind, region, external_id) where state in ('quarantined', 'resolving');
create index quarantine_page on quarantine (found_at desc, finding_id desc);
