import { PROBE_TENANT_ID } from '../../contract/ids';

/** A column that is encrypted under tenants' keys. */
export interface SealedColumn {
  table: string;
  column: string;
  /** SQL expression for the context that each text was sealed with. */
  context: string;
  /** SQL condition for the rows of the tenant ($1). */
  ofTenant: string;
}

/**
 * Every column of the registry that is encrypted under a tenant's key, in the order in which other transactions lock these tables. A
 * rotation re-encrypts exactly these columns; the texts of a column that is missing here would be unreadable afterwards.
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
  { table: 'feature_flag_change', column: 'ciphertext', context: `'flag:' || flag`, ofTenant: 'tenant_id = $1' },
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
  {
    table: 'legal_hold',
    column: 'reason_ciphertext',
    context: `'legal-hold:' || hold_id`,
    ofTenant: 'tenant_id = $1 and reason_ciphertext is not null',
  },
  {
    table: 'legal_hold',
    column: 'lift_reason_ciphertext',
    context: `'legal-hold-lifted:' || hold_id`,
    ofTenant: 'tenant_id = $1 and lift_reason_ciphertext is not null',
  },
];
