import { PROBE_TENANT_ID } from '../contract/ids';

/** A column that is encrypted under tenants' keys. */
export interface SealedColumn {
  table: string;
  column: string;
  /** SQL: what each of its texts is, as it was said when it was sealed. */
  context: string;
  /** SQL: which rows are the tenant's ($1). */
  ofTenant: string;
}

/**
 * Everything the registry has that is encrypted under a tenant's key, in the order in which others lock these tables. A rotation goes through
 * it; a column that is missing here would be unreadable after one.
 */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  {
    table: 'resolution',
    column: 'order_ciphertext',
    context: `'order'`,
    ofTenant:
      'operation_id in (select operation_id from operation where tenant_id = $1) and order_ciphertext is not null',
  },
  { table: 'operation', column: 'order_ciphertext', context: `'order'`, ofTenant: 'tenant_id = $1' },
  { table: 'secret', column: 'ciphertext', context: `'secret:' || kind || ':' || name`, ofTenant: 'tenant_id = $1' },
  { table: 'configuration', column: 'ciphertext', context: `'configuration:' || section`, ofTenant: 'tenant_id = $1' },
  {
    table: 'approval_decision',
    column: 'comment_ciphertext',
    context: `'approval-comment:' || decision_id`,
    ofTenant: `$1 = '${PROBE_TENANT_ID}' and comment_ciphertext is not null`,
  },
  {
    table: 'backup',
    column: 'wrapped_key',
    context: `'backup:' || backup_id`,
    ofTenant: 'tenant_id = $1 and wrapped_key is not null',
  },
];
