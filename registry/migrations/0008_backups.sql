-- Backups of tenants. The row is there before anything is written to the region's vault, so nothing lies there that no row stands for.
create table backup (
  backup_id text primary key,
  tenant_id text not null,
  region text not null,
  reason text not null check (reason in ('provisioned', 'scheduled', 'requested')),
  requested_by text not null,
  state text not null default 'requested' check (state in ('requested', 'running', 'good', 'failed', 'removed')),
  -- each attempt has a folder and a key of its own: two that overlap cannot mix
  attempt int not null default 0,
  -- the backup's own key under the tenant's (context backup:<backup_id>); without it nobody can read the backup any more
  wrapped_key bytea,
  parts int,
  bytes bigint,
  -- SHA-256 over the parts as they lie in the vault, in their order
  sha256 bytea,
  -- what is in it: tables with row counts and checksums, sequences, versions
  manifest jsonb,
  problem text,
  requested_at timestamptz not null default now(),
  -- the moment whose data it holds
  taken_at timestamptz,
  ended_at timestamptz,
  removed_at timestamptz,
  restore_state text check (restore_state in ('running', 'good', 'failed')),
  restore_problem text,
  restore_begun_at timestamptz,
  -- when it was last restored well, whatever became of later attempts
  restored_at timestamptz,
  -- the newest time the tenant itself was put back to it: state, requestedBy, begunAt, endedAt, problem
  restore jsonb
);
create index backup_page on backup (tenant_id, requested_at desc, backup_id desc);
-- One at a time, and one only because the tenant was provisioned.
create unique index backup_under_way on backup (tenant_id) where state in ('requested', 'running');
create unique index backup_provisioned on backup (tenant_id) where reason = 'provisioned';
create index operation_backup on operation (tenant_id) where status = 'active' and template ? 'backup';
