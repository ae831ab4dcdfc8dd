-- A legal hold: while it stands, nothing of the tenant is deleted. Past ones stay as history.
create table legal_hold (
  hold_id text primary key,
  tenant_id text not null references tenant,
  -- null: until it is lifted
  until timestamptz,
  -- under the tenant's key, because a reason may name people; null once that key was destroyed before the reason was given
  reason_ciphertext bytea,
  placed_at timestamptz not null default clock_timestamp(),
  placed_by text not null,
  changed_at timestamptz,
  changed_by text,
  lifted_at timestamptz,
  lifted_by text,
  lift_reason_ciphertext bytea,
  -- when it was noticed that `until` has passed; by itself, a hold stops standing at `until`
  ended_at timestamptz
);
create unique index legal_hold_open on legal_hold (tenant_id) where lifted_at is null and ended_at is null;
create index legal_hold_until on legal_hold (until) where lifted_at is null and ended_at is null and until is not null;
create index legal_hold_tenant on legal_hold (tenant_id, placed_at desc);

alter table tenant
  -- The tenant is or was on trial if there is an end. The operation of the kind `trial_then` begins at it.
  add column trial_ends_at timestamptz,
  add column trial_then text check (trial_then in ('suspend', 'deprovision')),
  -- Why the trial is over; null while it goes on.
  add column trial_over text check (trial_over in ('paid', 'time')),
  -- When the first admin was last reminded of the end; at first, when the trial began.
  add column trial_reminded_at timestamptz,
  -- When the run that watches the trial was last known to have the newest end; null while that is still to be done.
  add column trial_run_at timestamptz,
  add check (trial_ends_at is null or (trial_then is not null and trial_reminded_at is not null));
create index tenant_trial on tenant (trial_ends_at) where trial_ends_at is not null and trial_over is null;

