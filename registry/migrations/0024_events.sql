-- The event log: facts that others follow. A row is inserted by the transaction that makes the change, and gets its number from a later one.
create table event (
  -- the order in which rows were inserted, with gaps where a transaction was rolled back
  event_id bigint generated always as identity primary key,
  -- null until the event is numbered; numbers have no gaps
  sequence bigint,
  at timestamptz not null default clock_timestamp(),
  type text not null,
  tenant_id text,
  operation_id text,
  -- ids, enumerations, numbers and times only: contract/events/events.ts lists the fields of every type
  data jsonb not null
);
create unique index event_sequence on event (sequence) where sequence is not null;
create index event_unnumbered on event (event_id) where sequence is null;
create index event_tenant on event (tenant_id, sequence) where tenant_id is not null;
create index event_operation on event (operation_id, sequence) where operation_id is not null;

-- A single row. Its lock makes sure that only one transaction at a time gives out numbers or deletes events.
create table event_head (
  singleton boolean primary key default true check (singleton),
  -- the highest number given out
  newest bigint not null default 0,
  -- events up to this number have been deleted
  forgotten bigint not null default 0 check (forgotten <= newest)
);
insert into event_head default values;

-- How far each named reader has come.
create table event_reader (
  name text primary key,
  position bigint not null
);
