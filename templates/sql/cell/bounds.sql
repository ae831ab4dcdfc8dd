-- For the owner of a cell, as a superuser: revokes from tenants' logins the functions with which one tenant could exhaust what all tenants of
-- the server share. Run it once in every database that tenants use, app_template first, because new databases are copies of it. Running it
-- again changes nothing. `provisioner` is the login in the regions file.
do $$
declare
  taken regprocedure;
begin
  for taken in
    select oid from pg_proc
    where pronamespace = 'pg_catalog'::regnamespace
      and (proname ~ '^pg_(try_)?advisory_' -- every lock takes a slot in the server's single lock table
        or proname in (
          'lo_creat', 'lo_create', 'lo_from_bytea', 'lo_put', 'lo_open', 'lo_unlink', 'lowrite', 'lo_truncate', 'lo_truncate64',
          'pg_get_object_address', -- locks any object it is asked for, until the transaction ends
          'pg_export_snapshot', -- creates a file per call
          'pg_logical_emit_message')) -- writes any amount of data to the write-ahead log
  loop
    execute format('revoke execute on function %s from public', taken);
  end loop;
end
$$;
grant execute on function pg_advisory_xact_lock(bigint) to provisioner;
