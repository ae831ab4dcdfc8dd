-- What was asked about a tenant from outside, and what answered: kept as it was, never changed.
create table evidence (
  evidence_id bigint generated always as identity primary key,
  tenant_id text not null,
  operation_id text references operation,
  -- who asked: an activity with its retries, which need not ask again what was answered well
  asked_by text not null,
  -- what was done; a probe answers one check or several
  probe text not null,
  check_id text not null,
  claim text not null,
  passed boolean not null,
  -- who answered, and where
  provider text not null,
  region text not null,
  answered text not null,
  at timestamptz not null,
  -- SHA-256 over the canonical JSON (RFC 8785) of all of the above but evidence_id
  hash bytea not null
);
create index evidence_tenant on evidence (tenant_id, evidence_id);
