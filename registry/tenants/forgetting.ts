import type pg from 'pg';
import { EDGE_ROUTE_KIND } from '../../contract/edge/route';

/** Tables whose rows of a tenant are of no use once it is removed. What they proved stands in the evidence and in the audit trail. */
const FORGOTTEN = [
  ...['claim', 'secret', 'api_key', 'scim_token', 'configuration', 'storage_usage', 'scan'],
  ...['feature_flag_change', 'usage_record', 'usage_day', 'usage_quota', 'tenant_domain', 'sso_connection', 'sso_link'],
] as const;

/**
 * Deletes what the registry has of a tenant beside its operations, ledger, keys and history. False if there was nothing. The mail about an
 * export stays: it is still delivered while the removal goes on, and without it the customer could not open the archive.
 */
export async function forgetBelongings(client: pg.ClientBase, tenantId: string): Promise<boolean> {
  let forgotten = 0;
  for (const table of FORGOTTEN)
    forgotten += (await client.query(`delete from ${table} where tenant_id = $1`, [tenantId])).rowCount ?? 0;
  const { rowCount } = await client.query(
    `update mail set state = 'obsolete', settled_at = now() from operation
     where operation.operation_id = mail.operation_id and operation.tenant_id = $1
       and recipient in ('first-admin', 'contact') and purpose <> 'exported' and state in ('pending', 'refused', 'expired')`,
    [tenantId],
  );
  return forgotten + (rowCount ?? 0) > 0;
}

/**
 * Replaces what names a tenant that is gone: its name and the names that look like it, unless they stay held; its custom domain; its
 * organization; the host names in the ledger; and its orders, which nobody can decrypt any more. The rest of its rows is its history.
 */
export async function forgetNames(client: pg.ClientBase, tenantId: string): Promise<void> {
  await forgetBelongings(client, tenantId);
  await client.query(
    `update tenant set custom_domain = null, organization_hash = null,
       tenant_name = case when name_kept then tenant_name else ${REPLACEMENT} end,
       name_look = case when name_kept then name_look end
     where tenant_id = $1`,
    [tenantId],
  );
  await client.query(
    `update operation set custom_domain = null, organization_hash = null,
       order_ciphertext = case when exists (select from tenant_key where tenant_id = $1) then order_ciphertext else '' end,
       tenant_name = tenant.tenant_name, name_look = tenant.name_look
     from tenant where operation.tenant_id = $1 and tenant.tenant_id = $1`,
    [tenantId],
  );
  await client.query(
    `update resolution set order_ciphertext = null from operation
     where operation.operation_id = resolution.operation_id and operation.tenant_id = $1 and resolution.order_ciphertext is not null`,
    [tenantId],
  );
  await client.query(`update resource set facts = facts - 'network' where tenant_id = $1 and kind = 'reservation'`, [
    tenantId,
  ]);
  await client.query(`update resource set settings = settings - 'domain' where tenant_id = $1 and kind = $2`, [
    tenantId,
    EDGE_ROUTE_KIND,
  ]);
}

/** SQL expression for the name of a tenant whose name was forgotten: unique, and no name that could be ordered. */
const REPLACEMENT = `'gone-' || tenant_id`;
