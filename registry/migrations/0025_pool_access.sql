-- What the application's scheduler may do for a pooled tenant: open – everything; read-only – serve requests that only read, and start no
-- jobs; closed – nothing. The placement and its quota stay as they are, so that an opened tenant finds the room it had.
alter table pool_placement
  add column access text not null default 'open' check (access in ('open', 'read-only', 'closed'));
