-- Operations that failed alike, or took the same path and made the same resources, have the same number here, so that figures are added up
-- without comparing these texts.
alter table operation_figures add column pattern bigint not null generated always as (
  ('x' || left(md5(coalesce(failure_step, '') || '|' || coalesce(failure_type, '') || '|' || path || '|' || resources), 16))::bit(64)::bigint
) stored;
create index operation_figures_pattern on operation_figures (pattern);

-- Tests of endpoints are sent before the messages of events that wait, however many these are.
create index webhook_delivery_tests on webhook_delivery (position) where state = 'waiting' and sequence is null;
