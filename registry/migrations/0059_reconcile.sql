-- Operations that compare what a tenant has with the ledger, and mend it.
alter table operation
  drop constraint operation_kind_check,
  add constraint operation_kind_check check (kind in ('provision', 'suspend', 'resume', 'deprovision', 'configure-sso', 'reconcile'));

-- The differences that such an operation has found. Ids and enumerations only.
create table drift (
  operation_id text not null references operation,
  resource_id bigint not null references resource,
  -- what differs: existence, access, or what the kind compares, such as prices
  what text not null,
  -- as the ledger has it, and as the provider has it
  was text not null,
  found text not null,
  -- mended: it is again as the ledger says. left: a person has to mend it. null: it was only listed, or is still to be mended.
  outcome text check (outcome in ('mended', 'left')),
  found_at timestamptz not null default clock_timestamp(),
  primary key (operation_id, resource_id, what)
);
