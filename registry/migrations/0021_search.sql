-- Lists stay fast whatever they are filtered by.
create index operation_page_of_status on operation (status, created_at desc, operation_id desc);
create index operation_page_of_caller on operation (caller, created_at desc, operation_id desc);
create index operation_page_of_region on operation (region, created_at desc, operation_id desc);
create index operation_name_prefix on operation (tenant_name text_pattern_ops);

-- An organization is found by a keyed hash of its name, which says nothing to a reader of the registry. Orders from before have none.
alter table operation add column organization_hash bytea;
create index operation_organization on operation (organization_hash) where organization_hash is not null;
