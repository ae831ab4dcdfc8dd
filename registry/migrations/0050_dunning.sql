-- Tenants with an unpaid invoice. The row is deleted once the invoice is paid and what dunning has done is undone.
create table arrears (
  tenant_id text primary key references tenant,
  -- the oldest unpaid invoice
  invoice_id text not null,
  since timestamptz not null,
  -- the payment method's owner must authenticate
  action_required boolean not null,
  -- when the customer was last told; null: not yet
  reminded_at timestamptz,
  -- the suspension that dunning has begun. There is one at most: an operator who resumes the tenant nevertheless has decided.
  suspended_by text references operation,
  paid_at timestamptz
);

-- What operators should look at in tenants' billing.
create table billing_finding (
  finding_id text primary key,
  tenant_id text not null references tenant,
  problem text not null
    check (problem in ('subscription_cancelled', 'subscription_changed', 'collection_paused', 'card_expiring', 'payment_disputed')),
  -- the object at the billing provider
  object_id text not null,
  found_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  -- the operator who has accepted it; null if it ended by itself
  accepted_by text
);
create unique index billing_finding_open on billing_finding (tenant_id, problem, object_id) where ended_at is null;
create index billing_finding_listed on billing_finding (found_at, finding_id) where ended_at is null;
