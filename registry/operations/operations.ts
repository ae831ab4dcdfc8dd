import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import type { TenantProvisioningRequest } from '../../contract/orders/order';
import type { OperationParameters } from '../../contract/operations/inputs';
import type { OperationKind } from '../../contract/operations/kinds';
import { END_STATUSES, type OperationStatus } from '../../contract/operations/states';
import type { ProvisioningTemplate } from '../../templates/template';
import { maybeOne, type Queryable } from '../database';
import { cipherBeside, KEY_COLUMN, type KeyColumn } from '../keys/tenant-keys';

/** An operation with its decrypted order, as activities use it. */
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

/**
 * An operation with the order that its tenant was provisioned by, decrypted; undefined if there is none. Throws if the tenant's key was
 * destroyed.
 */
export async function loadOperation(
  db: Queryable,
  keys: KeyWrapper,
  operationId: string,
): Promise<LoadedOperation | undefined> {
  const row = await maybeOne<Omit<LoadedOperation, 'order'> & { sealed: Buffer; key: KeyColumn | null }>(
    db,
    `select operation.operation_id as "operationId", operation.tenant_id as "tenantId", operation.status, operation.region, operation.caller,
       ordered.approval_keys as "approvalKeys", ordered.template, ordered.order_ciphertext as sealed, ${KEY_COLUMN}
     from operation join tenant using (tenant_id) join operation ordered on ordered.operation_id = tenant.operation_id
       left join tenant_key on tenant_key.tenant_id = operation.tenant_id
     where operation.operation_id = $1`,
    [operationId],
  );
  if (!row) return undefined;
  const { sealed, key, ...rest } = row;
  const cipher = await cipherBeside(keys, row.tenantId, key);
  const order = JSON.parse(cipher.open('order', sealed)) as TenantProvisioningRequest;
  return { ...rest, order };
}

/** The template that an operation was ordered with; readable even after the order no longer is. */
export async function findTemplate(db: Queryable, operationId: string): Promise<ProvisioningTemplate | undefined> {
  const row = await maybeOne<{ template: ProvisioningTemplate }>(
    db,
    `select template from operation where operation_id = $1`,
    [operationId],
  );
  return row?.template;
}

/** What starting an operation's run takes. */
export interface UnstartedOperation {
  kind: OperationKind;
  operationId: string;
  tenantId: string;
  plan: string;
  region: string | null;
  residency: string | null;
  template: ProvisioningTemplate;
  parameters: OperationParameters;
}

const UNSTARTED = `kind, operation_id as "operationId", tenant_id as "tenantId", plan, region, residency, template, parameters`;

/** What starting this operation's run takes; undefined if there is no such operation. */
export async function findUnstarted(db: Queryable, operationId: string): Promise<UnstartedOperation | undefined> {
  return maybeOne<UnstartedOperation>(db, `select ${UNSTARTED} from operation where operation_id = $1`, [operationId]);
}

/** Accepted operations whose start Temporal has not confirmed after `olderThanSeconds`, oldest first. */
export async function listUnstarted(
  db: Queryable,
  olderThanSeconds: number,
  limit = 100,
): Promise<UnstartedOperation[]> {
  const { rows } = await db.query<UnstartedOperation>(
    `select ${UNSTARTED} from operation
     where started_at is null and created_at < now() - make_interval(secs => $1) order by created_at limit $2`,
    [olderThanSeconds, limit],
  );
  return rows;
}

/** Records that Temporal has accepted the start of the run. */
export async function markStarted(db: Queryable, operationId: string): Promise<void> {
  await db.query(`update operation set started_at = coalesce(started_at, now()) where operation_id = $1`, [
    operationId,
  ]);
}

/** The one operation of a tenant that has not ended; undefined if there is none. */
export async function findOpenOperation(
  db: Queryable,
  tenantId: string,
): Promise<{ operationId: string; kind: OperationKind; status: OperationStatus } | undefined> {
  return maybeOne(
    db,
    `select operation_id as "operationId", kind, status from operation where tenant_id = $1 and status <> all($2)`,
    [tenantId, END_STATUSES],
  );
}

/** The tenant of an operation, and the operation that has provisioned it; undefined if there is no such operation. */
export async function findProvisioned(
  db: Queryable,
  operationId: string,
): Promise<{ tenantId: string; provisionedBy: string } | undefined> {
  return maybeOne(
    db,
    `select tenant_id as "tenantId", tenant.operation_id as "provisionedBy"
     from operation join tenant using (tenant_id) where operation.operation_id = $1`,
    [operationId],
  );
}
