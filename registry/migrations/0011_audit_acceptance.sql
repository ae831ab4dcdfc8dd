-- What was found of a trail can be accepted by an operator; the trail itself says so, and what is here follows it.
alter table audit_finding
  -- The newest head in the vault when it was found; null where there was none. Its hash is null where nobody known has signed it.
  add column head_key text,
  add column head_hash bytea,
  -- The chain as it was found: its last entry (0: none), and SHA-256 of its lines as they are exported. Null for what was found before there were these.
  add column chain_until bigint,
  add column chain_hash bytea,
  add column accepted_at timestamptz,
  add column accepted_by text,
  add column accepted_reason text,
  -- the entry of the trail that accepts it
  add column accepted_in bigint,
  add column accepted_key text;
create unique index audit_finding_acceptance on audit_finding (accepted_by, accepted_key) where accepted_key is not null;
create index audit_finding_open on audit_finding (tenant_id, finding_id) where accepted_at is null;

-- Heads of chains that were accepted; like audit_head, which has those of before. The same sequence may have had another hash there.
create table audit_later_head (
  tenant_id text not null,
  -- how many acceptances it comes after
  generation int not null check (generation > 0),
  sequence bigint not null,
  hash bytea not null,
  key_id text not null references audit_key,
  region text not null,
  head jsonb not null,
  exported_at timestamptz not null default now(),
  primary key (tenant_id, generation, sequence)
);
create trigger append_only before update or delete or truncate on audit_later_head execute function refuse_change();
