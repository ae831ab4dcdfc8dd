-- Operations say how long they still take, from recent ones of the same kind, plan and region.
create index operation_recent_in_region on operation (kind, plan, region, completed_at desc) where status in ('active', 'completed');
create index operation_recent on operation (kind, plan, completed_at desc) where status in ('active', 'completed');

-- When a failed attempt is repeated; null if it is not, or was recorded before this column existed.
alter table step_event add column next_try timestamptz;
