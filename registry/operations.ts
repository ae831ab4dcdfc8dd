import type { KeyWrapper } from '../contract/key-wrapping';
import type { TenantProvisioningRequest } from '../contract/order';
import type { OperationStatus } from '../contract/states';
import type { ProvisioningTemplate } from '../templates/template';
import { maybeOne, type Queryable } from './database';
import { cipherBeside, KEY_COLUMN, type KeyColumn } from './tenant-keys';

/** What an activity works from. */
export interface LoadedOperation {
  operationId: string;
  tenantId: string;
  status: OperationStatus;
  region: string | null;
  caller: string;
  approvalKeys: string[];
  order: TenantProvisioningRequest;
  template: ProvisioningTemplate;
}

/** An operation with its order decrypted, or undefined when there is none. Throws when the tenant's key was destroyed. */
export async function loadOperation(
  db: Queryable,
  keys: KeyWrapper,
  operationId: string,
): Promise<LoadedOperation | undefined> {
  const row = await maybeOne<Omit<LoadedOperation, 'order'> & { sealed: Buffer; key: KeyColumn | null }>(
    db,
    `select operation_id as "operationId", tenant_id as "tenantId", status, region, caller, approval_keys as "approvalKeys",
       template, order_ciphertext as sealed, ${KEY_COLUMN}
     from operation left join tenant_key using (tenant_id) where operation_id = $1`,
    [operationId],
  );
  if (!row) return undefined;
  const { sealed, key, ...rest } = row;
  const cipher = await cipherBeside(keys, row.tenantId, key);
  const order = JSON.parse(cipher.open('order', sealed)) as TenantProvisioningRequest;
  return { ...rest, order };
}

/** The template an operation was ordered with; readable also when the order is not any more. */
export async function findTemplate(db: Queryable, operationId: string): Promise<ProvisioningTemplate | undefined> {
  const row = await maybeOne<{ template: ProvisioningTemplate }>(
    db,
    `select template from operation where operation_id = $1`,
    [operationId],
  );
  return row?.template;
}

/** Accepted operations whose start Temporal has not confirmed after `olderThanSeconds`, oldest first. */
export async function listUnstarted(
  db: Queryable,
  olderThanSeconds: number,
  limit = 100,
): Promise<
  { operationId: string; tenantId: string; plan: string; residency: string | null; template: ProvisioningTemplate }[]
> {
  const { rows } = await db.query<{
    operationId: string;
    tenantId: string;
    plan: string;
    residency: string | null;
    template: ProvisioningTemplate;
  }>(
    `select operation_id as "operationId", tenant_id as "tenantId", plan, residency, template from operation
     where started_at is null and created_at < now() - make_interval(secs => $1) order by created_at limit $2`,
    [olderThanSeconds, limit],
  );
  return rows;
}

/** Records that Temporal has taken the run. */
export async function markStarted(db: Queryable, operationId: string): Promise<void> {
  await db.query(`update operation set started_at = coalesce(started_at, now()) where operation_id = $1`, [
    operationId,
  ]);
}
