-- Lists of operations of one kind: nearly all provision a tenant, so without this the others would be searched for among those.
create index operation_page_of_kind on operation (kind, created_at desc, operation_id desc);
-- Why a tenant is suspended, in every view of it.
create index operation_suspension on operation (tenant_id, completed_at desc) where kind = 'suspend' and status = 'completed';
