-- Mail that a person waits for: kept until the mail server has taken it, so that an outage only delays it.
create table mail (
  -- local part of the Message-ID: the same mail has the same one at every attempt
  mail_id text primary key,
  purpose text not null,
  -- the address itself is read from the order or the configuration at each attempt
  recipient text not null check (recipient in ('first-admin', 'approver', 'operator')),
  -- of an operator or approver: position in the configured list
  position int not null default 0,
  operation_id text references operation,
  -- what the mail is composed from besides the registry; no personal data
  detail jsonb not null default '{}',
  -- unrecorded: sent, or given up, by a version that kept no record
  state text not null default 'pending'
    check (state in ('pending', 'sent', 'refused', 'expired', 'obsolete', 'unrecorded')),
  attempts int not null default 0,
  -- why it has not left; without addresses
  problem text,
  created_at timestamptz not null default now(),
  next_try_at timestamptz not null default now(),
  -- a delivery is under way until then
  leased_until timestamptz,
  settled_at timestamptz
);
create index mail_due on mail (next_try_at) where state = 'pending';
create index mail_operation on mail (operation_id);
create index mail_open on mail (operation_id) where state in ('pending', 'refused', 'expired');

insert into mail (mail_id, purpose, recipient, operation_id, state, created_at, settled_at)
select operation_id || '.welcome.0', 'welcome', 'first-admin', operation_id, 'unrecorded', claim.created_at, claim.created_at
from operation join claim using (tenant_id) where operation.kind = 'provision' and operation.status = 'active';
