-- What the event log has summed up to, for Prometheus: a row for each series of a counter or a histogram. Kept here, because every event is
-- counted by one process and shown by all of them, and because a counter that begins again with every process loses what is rare.
create table metric_series (
  metric text not null,
  labels jsonb not null,
  -- a counter's value, or the number of a histogram's values
  total float8 not null,
  -- of a histogram's values
  sum float8 not null default 0,
  -- upper bounds of a histogram's buckets, and the values in each of them, with one more for those beyond the last; empty for a counter
  bounds float8[] not null default '{}',
  counts bigint[] not null default '{}',
  primary key (metric, labels)
);

-- Gauges as the API process whose turn it was has computed them; a single row, from which the others show them.
create table registry_figures (
  singleton boolean primary key default true check (singleton),
  -- when the next process may take its turn
  due_at timestamptz not null default now(),
  computed_at timestamptz,
  -- [{ metric, labels, value }]
  gauges jsonb not null default '[]'
);
insert into registry_figures default values;

create index backup_newest on backup (tenant_id, taken_at desc) where state = 'good';

-- What happened before anything was counted is not counted now. A new registry has no such past, and its reader begins by itself.
insert into event_reader (name, position) select 'metrics', newest from event_head where newest > 0;
