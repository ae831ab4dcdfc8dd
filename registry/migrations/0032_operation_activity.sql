-- Lists show of an operation more than its row: attempts of its steps, decisions, mail and the claim link. This counts the changes of all that,
-- so that one look says whether an operation must be read again.
create table operation_activity (
  operation_id text primary key,
  revision bigint not null default 1
) with (fillfactor = 50); -- so that an update stays on its page and touches no index

create function count_activity() returns trigger language plpgsql as $$
begin
  -- In order, so that two statements about several operations cannot wait for each other.
  insert into operation_activity (operation_id)
  select distinct operation_id from changed where operation_id is not null order by operation_id
  on conflict (operation_id) do update set revision = operation_activity.revision + 1;
  return null;
end $$;

create function count_claim_activity() returns trigger language plpgsql as $$
begin
  insert into operation_activity (operation_id)
  select distinct operation_id from changed join tenant using (tenant_id) order by operation_id
  on conflict (operation_id) do update set revision = operation_activity.revision + 1;
  return null;
end $$;

do $$
declare
  source text;
begin
  foreach source in array array['step_event', 'resolution', 'mail', 'claim'] loop
    execute format('create trigger activity_inserted after insert on %I referencing new table as changed for each statement execute function %I()',
      source, case source when 'claim' then 'count_claim_activity' else 'count_activity' end);
    execute format('create trigger activity_updated after update on %I referencing new table as changed for each statement execute function %I()',
      source, case source when 'claim' then 'count_claim_activity' else 'count_activity' end);
    execute format('create trigger activity_deleted after delete on %I referencing old table as changed for each statement execute function %I()',
      source, case source when 'claim' then 'count_claim_activity' else 'count_activity' end);
  end loop;
end $$;

-- Logins that write attempts write this table too, through the triggers, also before the grants that follow a migration.
do $$
declare
  login regrole;
begin
  for login in
    select grantee from pg_class cross join aclexplode(relacl)
    where pg_class.oid = 'step_event'::regclass and privilege_type = 'INSERT' and grantee not in (0, relowner)
  loop
    execute format('grant select, insert, update, delete on operation_activity to %s', login);
  end loop;
end $$;
