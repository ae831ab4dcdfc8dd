-- Lists that an operator's console shows, each on an index of its own.

-- What runs now, and the operations of one tenant.
create index operation_page_of_open on operation (created_at desc, operation_id desc)
  where status not in ('active', 'rejected', 'cancelled', 'failed', 'completed');
create index operation_page_of_tenant on operation (tenant_id, created_at desc, operation_id desc);
create index operation_page_of_plan on operation (plan, created_at desc, operation_id desc);
create index tenant_page_of_plan on tenant (plan, created_at desc, tenant_id desc);

-- Findings in quarantine; those that were dealt with stay in the table for ever.
create index quarantine_page_of_open on quarantine (found_at desc, finding_id desc) where state in ('quarantined', 'resolving');

-- Entries of all audit trails, newest first. A hash is unique, so it orders entries of the same moment.
create index audit_entry_page on audit_entry (at desc, encode(hash, 'hex') desc);
create index audit_entry_page_of_tenant on audit_entry (tenant_id, at desc, encode(hash, 'hex') desc);
create index audit_entry_page_of_actor on audit_entry (actor, at desc, encode(hash, 'hex') desc);
create index audit_entry_page_of_action on audit_entry (action, at desc, encode(hash, 'hex') desc);
create index audit_entry_page_of_operation on audit_entry (operation_id, at desc, encode(hash, 'hex') desc)
  where operation_id is not null;

create index api_token_page on api_token (created_at desc, token_id desc);

-- Endpoints to which nothing gets through.
create index webhook_endpoint_failing on webhook_endpoint (failing_since)
  where failing_since is not null or disabled_because in ('gone', 'failing');
