-- What decides whether a region can serve an order, as the newest worker found it: the API reads neither the regions file nor what a region's
-- providers can do.
create table region_profile (
  region text primary key references region on delete cascade,
  -- an order that names no region gets the first that can serve it
  position int not null,
  profile jsonb not null
);

-- What the billing provider says that the first invoice of a plan comes to, as a worker last asked it.
create table plan_price (
  plan text not null,
  cycle text not null check (cycle in ('monthly', 'yearly')),
  currency text not null,
  -- in the smallest currency unit; null if the provider could not say
  due bigint,
  -- why it could not
  problem text,
  asked_at timestamptz not null default now(),
  primary key (plan, cycle),
  check ((due is null) = (problem is not null))
);

-- Figures of an operation that has ended, so that numbers about many operations need not read all their attempts.
create table operation_figures (
  operation_id text primary key references operation on delete cascade,
  kind text not null,
  status text not null,
  caller text not null,
  plan text not null,
  region text,
  -- id and version
  template text not null,
  created_at timestamptz not null,
  -- from its acceptance to its end
  seconds float8 not null,
  failure_step text,
  failure_type text,
  -- how long it was in these statuses; null if it never was
  approval_seconds float8,
  hold_seconds float8,
  compensation_seconds float8,
  attempts int not null,
  -- attempts that followed a failed one, and the pauses before them
  retries int not null,
  retry_seconds float8 not null,
  -- the steps that determined its end, in order and separated by spaces, and how long each did; empty unless it succeeded
  path text not null,
  path_seconds float8[] not null,
  -- what it made: provider/kind, sorted and separated by spaces; a kind appears once for each resource
  resources text not null
);
create index operation_figures_page on operation_figures (kind, created_at);
create index operation_figures_page_of_caller on operation_figures (caller, kind, created_at);
