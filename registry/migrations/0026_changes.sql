-- Resources can be changed after they were made, and changed back when the operation that changed them is undone.
alter table resource
  -- For two resources of one kind side by side, while a tenant moves. Workers of 0.2.0 need the unique (tenant_id, kind), so it goes later.
  add column slot text not null default '',
  -- What can be changed about it, as it is now, or as it is to be while the row is `changing`.
  add column settings jsonb not null default '{"access": "open"}',
  -- What it was before the operation that changes it; null once that operation has ended.
  add column settings_before jsonb,
  add column changed_by text references operation,
  -- Until then a request to change it that nobody waits for any more may still take effect at the provider.
  add column change_in_flight_until timestamptz,
  add constraint resource_slot unique (tenant_id, kind, slot),
  drop constraint resource_state_check,
  add constraint resource_state_check
    check (state in ('intended', 'present', 'changing', 'closing', 'absent', 'accepted', 'scheduled_for_deletion'));
create index resource_changed on resource (changed_by, step) where changed_by is not null;

alter table operation
  -- What the operation was asked for, as far as it names nobody: { access, reason }. Words are in the encrypted order.
  add column parameters jsonb not null default '{}';
alter table tenant
  -- How far the tenant may use what it has, since the newest operation that changed it.
  add column access text not null default 'open' check (access in ('open', 'read-only', 'closed'));
