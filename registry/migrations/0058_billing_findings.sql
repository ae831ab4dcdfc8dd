-- An event that Stripe's answers keep from being handled is tried a few times, after the tenant's other events, and then set aside.
alter table stripe_event
  -- attempts that Stripe answered with a refusal, or with an error
  add column failures int not null default 0,
  add column failed_at timestamptz,
  drop constraint stripe_event_outcome_check,
  add constraint stripe_event_outcome_check check (outcome in ('applied', 'superseded', 'set_aside'));
create index stripe_event_next on stripe_event (tenant_id, failures, occurred_at, event_id) where handled_at is null;

-- Findings come from Stripe's events and from the scheduled comparison of Stripe with the registry.
alter table billing_finding
  -- null if what was found at Stripe belongs to no tenant
  alter column tenant_id drop not null,
  drop constraint billing_finding_problem_check,
  add constraint billing_finding_problem_check check (problem in (
    'subscription_cancelled', 'subscription_changed', 'collection_paused', 'card_expiring', 'payment_disputed', 'event_set_aside',
    'subscription_without_tenant', 'tenant_without_subscription', 'second_customer')),
  -- An operator has resolved it, for this reason. The finding is not opened again while it is still so at the provider.
  add column resolved_at timestamptz,
  add column reason text,
  -- when the mail that tells operators of it was stored
  add column told_at timestamptz;
create unique index billing_finding_open_unowned on billing_finding (problem, object_id) where ended_at is null and tenant_id is null;
create index billing_finding_waiting on billing_finding (found_at desc, finding_id desc) where ended_at is null and resolved_at is null;
create index billing_finding_page on billing_finding (found_at desc, finding_id desc);
create index billing_finding_of_tenant on billing_finding (tenant_id, found_at desc, finding_id desc);
create index billing_finding_untold on billing_finding (found_at) where told_at is null and ended_at is null and resolved_at is null;
-- Operators were not told by mail of what was found before, and are not told now.
update billing_finding set told_at = clock_timestamp();
