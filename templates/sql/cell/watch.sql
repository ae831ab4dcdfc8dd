-- For the owner of a cell: terminates sessions of tenants' logins that exceed limits which PostgreSQL cannot enforce, because a session may
-- change its own time-outs. Run `psql --tuples-only --file=watch.sql` as a superuser. It repeats the query every second on one connection,
-- because a server whose lock table is full accepts no new ones.
select activity.usename, activity.datname, held.locks, now() - activity.xact_start as in_transaction,
  pg_terminate_backend(activity.pid) as ended
from pg_stat_activity activity
left join (select pid, count(*) as locks from pg_locks group by pid) held using (pid)
where activity.usename ~ '^t_[a-z][a-z0-9]{15}_(app|readonly)$'
  and (held.locks > 2000
    or activity.xact_start < now() - interval '15 minutes'
    or (activity.state like 'idle in transaction%' and activity.state_change < now() - interval '2 minutes'))
\watch 1
