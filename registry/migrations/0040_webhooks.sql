-- Webhooks: endpoints of callers, the messages to each of them, and the attempts to deliver these. Secrets are in the table `secret`.
create table webhook_endpoint (
  endpoint_id text primary key,
  -- the caller whose endpoint it is
  owner text not null,
  url text not null,
  -- null: every type of event
  event_types text[],
  -- for each audience, the roles of the owner, as of its last change of the endpoint, that show it what others have ordered
  grants jsonb not null,
  -- number of the current secret, and until when messages are signed with the one before it, too
  secret_version int not null default 1,
  previous_secret_until timestamptz,
  created_at timestamptz not null default now(),
  disabled_at timestamptz,
  disabled_because text check (disabled_because in ('requested', 'gone', 'failing')),
  -- first failed attempt since the last success, and when the operators were told of it
  failing_since timestamptz,
  warned_at timestamptz,
  check ((disabled_at is null) = (disabled_because is null))
);
create index webhook_endpoint_owner on webhook_endpoint (owner, created_at desc, endpoint_id desc);

create table webhook_delivery (
  -- also the id of the message, which stays the same in every attempt
  delivery_id text primary key,
  endpoint_id text not null references webhook_endpoint on delete cascade,
  -- the order in which messages are sent
  position bigint generated always as identity,
  -- number of the event; null for a test
  sequence bigint,
  type text not null,
  tenant_id text,
  operation_id text,
  -- the body, byte for byte as it is signed; ids and enumerations only
  payload text not null,
  state text not null default 'waiting' check (state in ('waiting', 'trying', 'delivered', 'failed', 'cancelled')),
  -- rises with every redelivery; attempts and times are those of the current round
  round int not null default 1,
  attempts int not null default 0,
  tried_since timestamptz,
  next_try_at timestamptz,
  created_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (endpoint_id, sequence)
);
create index webhook_delivery_open on webhook_delivery (endpoint_id, tenant_id, position) where state in ('waiting', 'trying');
create index webhook_delivery_overdue on webhook_delivery (next_try_at) where state = 'trying';
create index webhook_delivery_listed on webhook_delivery (endpoint_id, position desc);
create index webhook_delivery_ended on webhook_delivery (ended_at) where ended_at is not null;

create table webhook_attempt (
  delivery_id text not null references webhook_delivery on delete cascade,
  -- counted over all rounds
  attempt int not null,
  at timestamptz not null,
  milliseconds int not null,
  -- null if there was no answer; `problem` says why then
  status int,
  problem text,
  -- the beginning of the answer
  answer text,
  primary key (delivery_id, attempt)
);
