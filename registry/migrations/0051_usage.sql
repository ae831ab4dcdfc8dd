-- What tenants use, as the application reports it and as this program measures it.
create table usage_record (
  tenant_id text not null references tenant,
  -- who counts: a record's id is unique within it
  source text not null,
  record_id text not null,
  meter text not null,
  -- when it was used, not when it was reported
  at timestamptz not null,
  value bigint not null check (value >= 0),
  -- a correction has a higher number than what it replaces
  revision int not null check (revision >= 1),
  received_at timestamptz not null default now(),
  primary key (tenant_id, source, record_id)
);
-- the records of a meter in a period, and the oldest of all
create index usage_record_of_meter on usage_record (tenant_id, meter, at);
create index usage_record_by_age on usage_record (at);

-- Values that corrections have replaced.
create table usage_revision (
  tenant_id text not null,
  source text not null,
  record_id text not null,
  revision int not null,
  value bigint not null,
  received_at timestamptz not null,
  replaced_at timestamptz not null default now(),
  primary key (tenant_id, source, record_id, revision),
  foreign key (tenant_id, source, record_id) references usage_record on delete cascade
);

-- Each meter's records by UTC day, so that the sum of a month reads at most 31 rows.
create table usage_day (
  tenant_id text not null references tenant,
  meter text not null,
  day date not null,
  -- of meters that add up
  total numeric(30) not null,
  -- of meters whose newest value counts
  latest bigint not null,
  latest_at timestamptz not null,
  primary key (tenant_id, meter, day)
);
create index usage_day_by_age on usage_day (day);

-- Limits that a tenant has come near or reached: one row, and one event, for each meter and period.
create table usage_quota (
  tenant_id text not null references tenant,
  meter text not null,
  period_begins date not null,
  period_ends date not null,
  level text not null check (level in ('near', 'reached')),
  used numeric(30) not null,
  quota bigint not null,
  -- whether the plan wants operators to see it
  attention boolean not null,
  noted_at timestamptz not null default now(),
  primary key (tenant_id, meter, period_begins, level)
);
create index usage_quota_for_attention on usage_quota (period_ends, noted_at desc) where attention;
