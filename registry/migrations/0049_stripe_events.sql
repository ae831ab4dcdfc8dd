-- Events that Stripe has sent about tenants' accounts, ids only. What they are about is fetched from Stripe when they are handled.
create table stripe_event (
  -- Stripe's id: an event that is delivered twice is stored once
  event_id text primary key,
  type text not null,
  -- the object that it reports on
  object_id text not null,
  -- null until a run has read from Stripe whose account it is about: the event of a dispute does not say so
  tenant_id text references tenant,
  -- by Stripe's clock, in whole seconds
  occurred_at timestamptz not null,
  received_at timestamptz not null default clock_timestamp(),
  -- when the tenant's run was told of it; null while that is still to be done
  told_at timestamptz,
  handled_at timestamptz,
  -- superseded: Stripe says something else by now
  outcome text check (outcome in ('applied', 'superseded')),
  check ((handled_at is null) = (outcome is null))
);
create index stripe_event_waiting on stripe_event (tenant_id, occurred_at, event_id) where handled_at is null;
create index stripe_event_unassigned on stripe_event (received_at) where tenant_id is null;
create index stripe_event_untold on stripe_event (received_at) where told_at is null and handled_at is null;
create index stripe_event_handled on stripe_event (handled_at) where handled_at is not null;

-- The tenant that a billing account belongs to.
create index resource_billing_account on resource (external_id) where kind = 'billing-customer';
