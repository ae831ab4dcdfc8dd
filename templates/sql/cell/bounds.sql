-- For the owner of a cell, a superuser: takes from tenants' logins the functions with which one of them could use up what all of a server share.
-- Run it once in every database that tenants enter, app_template first: new databases are copies of that one. Repeating it changes nothing.
-- `provisioner` is the login of the regions file.
do $$
declare
  taken regprocedure;
begin
  for taken in
    select oid from pg_proc
    where pronamespace = 'pg_catalog'::regnamespace
      and (proname ~ '^pg_(try_)?advisory_' -- each lock has a place in the server's one lock table
        or proname in (
          'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lo_open', 'lo_unlink', 'lowrite', 'lo_truncate', 'lo_truncate64',
          'pg_get_object_address', -- locks whatever it is asked for, until the transaction ends
          'pg_export_snapshot', -- a file each
          'pg_logical_emit_message')) -- writes ahead whatever it is given, and nothing else
  loop
    execute format('revoke execute on function %s from public', taken);
  end loop;
end
$$;
grant execute on function pg_advisory_xact_lock(bigint) to provisioner;
