-- Where regions lie and who works beside them, what scanners find, and that a tenant's place does not change afterwards.

-- What the workers' regions file says: the API tells it, and reads no such file.
create table region (
  region text primary key,
  -- for ever: a region that moves is another region
  jurisdiction text not null
);

-- Who processes personal data for all regions alike.
create table processor (
  service text primary key check (service in ('identity', 'billing', 'mail')),
  name text not null,
  -- null: the regions file does not state it
  jurisdiction text
);

create table scan (
  scan_id text primary key,
  tenant_id text not null,
  scanner text not null,
  requested_by text not null,
  -- not_run: there is no scanner, and nobody may take that for a clean result
  state text not null default 'running' check (state in ('running', 'done', 'not_run', 'failed')),
  -- what became of it, in words
  outcome text,
  -- of the token that the scanner reports with, once
  token_hash bytea,
  -- SHA-256 of the report that was taken: the same one may come again
  report_hash bytea,
  -- the activity that waits for the report
  workflow_id text not null,
  run_id text not null,
  activity_id text not null,
  started_at timestamptz not null default now(),
  deadline timestamptz not null,
  ended_at timestamptz
);
create index scan_tenant on scan (tenant_id, started_at desc, scan_id desc);

-- From its reservation on, a tenant stays where it is, whatever asks for a change.
create function place_is_kept() returns trigger language plpgsql as $$
begin
  if (old.region, old.residency) is distinct from (new.region, new.residency)
     and (old.status = 'active' or exists (select from reservation where tenant_id = old.tenant_id)) then
    raise exception 'Tenant % stays in region % with residency %: it holds a reservation there.',
      old.tenant_id, old.region, coalesce(old.residency, 'not stated');
  end if;
  return new;
end $$;
create trigger place_is_kept before update of region, residency on operation for each row execute function place_is_kept();
