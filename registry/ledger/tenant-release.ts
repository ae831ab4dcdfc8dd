import type { Step } from '../../contract/operations/steps';
import type { Queryable } from '../database';
import { COLUMNS, type Intent, type LedgerRow } from './ledger';

/**
 * Begins the release of all that a tenant has of a step, whatever operation has made it: fences its rows and returns those that are yet to be
 * released, newest first. There is nothing to change back to any more.
 */
export async function closeTenantStep(db: Queryable, tenantId: string, step: Step): Promise<LedgerRow[]> {
  const { rows } = await db.query<LedgerRow>(
    `update resource set state = 'closing', settings_before = null, changed_by = null, updated_at = now()
     where tenant_id = $1 and step = $2 and state in ('intended', 'present', 'changing', 'closing')
     returning ${COLUMNS}`,
    [tenantId, step],
  );
  return rows.sort((a, b) => Number(b.resourceId) - Number(a.resourceId));
}

/**
 * What is left of a tenant that is being removed: neither gone, nor to be deleted by its provider, nor accepted by an operator. Oldest first.
 */
export async function listTenantLeftovers(db: Queryable, tenantId: string): Promise<LedgerRow[]> {
  const { rows } = await db.query<LedgerRow>(
    `select ${COLUMNS} from resource
     where tenant_id = $1 and state in ('intended', 'present', 'changing', 'closing') order by resource_id`,
    [tenantId],
  );
  return rows;
}

/**
 * Adds the row for a tenant's backups, which no step has made: they are in the vault of the store that has the tenant's bucket, in a folder of
 * this name. A row that is there stays as it is.
 */
export async function addBackups(
  db: Queryable,
  { tenantId, operationId, name }: Pick<Intent, 'tenantId' | 'operationId' | 'name'>,
): Promise<void> {
  await db.query(
    `insert into resource (tenant_id, operation_id, step, kind, provider, region, name, external_id, state)
     select tenant_id, $2, 'remove', 'backups', provider, region, $3, $3, 'present' from resource where tenant_id = $1 and kind = 'bucket'
     on conflict (tenant_id, kind, slot) do nothing`,
    [tenantId, operationId, name],
  );
}
