-- The custom domain in plain text: it is public, and the order that names it is encrypted. Null where the order has none.
alter table operation add column custom_domain text;
-- Held and freed exactly like the name.
create unique index operation_domain_held on operation (custom_domain)
  where custom_domain is not null and status not in ('failed', 'rejected', 'cancelled');
