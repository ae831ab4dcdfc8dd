-- What a tenant's name looks like: 0 as o, 1 as l. A name that people take for one that is held cannot be ordered beside it. Of names that were
-- held before this, only the oldest of a look is filled in; tenants that are there stay.
alter table operation add column name_look text;
update operation set name_look = translate(tenant_name, '01', 'ol')
where operation_id in (
  select distinct on (translate(tenant_name, '01', 'ol')) operation_id from operation
  where status not in ('failed', 'rejected', 'cancelled')
  order by translate(tenant_name, '01', 'ol'), created_at, operation_id);
create unique index operation_look_held on operation (name_look) where status not in ('failed', 'rejected', 'cancelled');
