-- What makes the audit trail checkable from outside: signed heads, the public keys they are signed with, and what did not fit.

-- Public keys the heads were ever signed with; none is taken away, because what it has signed stays.
create table audit_key (
  -- RFC 7638 thumbprint
  key_id text primary key,
  public_jwk jsonb not null,
  since timestamptz not null default now()
);

-- Signed heads as they lie in a region's vault; a row is written after the object.
create table audit_head (
  tenant_id text not null,
  sequence bigint not null,
  hash bytea not null,
  key_id text not null references audit_key,
  region text not null,
  -- JWS in its flattened JSON form, RFC 7515
  head jsonb not null,
  exported_at timestamptz not null default now(),
  primary key (tenant_id, sequence)
);

-- A chain that is not what its last head says it was. Found once, told once.
create table audit_finding (
  finding_id bigint generated always as identity primary key,
  tenant_id text not null,
  region text not null,
  -- 0: no entry in particular
  sequence bigint not null,
  problem text not null,
  found_at timestamptz not null default now(),
  told_at timestamptz,
  unique (tenant_id, sequence, problem)
);

-- What was recorded stays as it is. This guards against mistakes, the owner's too; against the owner's intent stand the exported heads.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: what was recorded stays as it is', tg_table_name using errcode = 'insufficient_privilege';
end $$;
create trigger append_only before update or delete or truncate on audit_entry execute function refuse_change();
create trigger append_only before update or delete or truncate on audit_head execute function refuse_change();
create trigger append_only before update or delete or truncate on audit_key execute function refuse_change();
create trigger append_only before update or delete on evidence execute function refuse_change();
