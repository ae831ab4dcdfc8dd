import { randomUUID } from 'node:crypto';
import type { Leftover } from '../../../contract/operations/messages';
import { acceptedSchema } from '../../../contract/schemas/operation-schema';
import type { TenantProvisioningRequest } from '../../../contract/orders/order';
import type { OperationStatus } from '../../../contract/operations/states';
import type { Step } from '../../../contract/operations/steps';
import { markPresent } from '../../../registry/ledger/ledger';
import { intended } from '../ledger';
import { expectAnswer, order, type ApiHarness, type Client } from '../api';

/** An operation that was ordered over HTTP. */
export interface Ordered {
  operationId: string;
  tenantId: string;
  order: TenantProvisioningRequest;
}

/** Orders a tenant over HTTP. */
export async function placeOrder(client: Client, changes: Partial<TenantProvisioningRequest> = {}): Promise<Ordered> {
  const wanted = order(changes);
  return { ...expectAnswer(await client.post('/v1/tenants', wanted), 202, acceptedSchema), order: wanted };
}

/** Puts an operation where a run would have put it, without a run. */
export async function putInState(
  { registry }: ApiHarness,
  { operationId }: Pick<Ordered, 'operationId'>,
  status: OperationStatus,
  more: { approvalState?: string; failure?: object; steps?: object[]; leftovers?: Leftover[]; holdUntil?: Date } = {},
): Promise<void> {
  await registry.pool.query(
    `update operation set status = $2, approval_state = coalesce($3, approval_state), failure = $4, steps = $5,
       leftovers = coalesce($6, leftovers), hold_until = $7, updated_at = now(),
       pivot_at = case when $2 in ('active', 'completed', 'removing') then now() end
     where operation_id = $1`,
    [
      operationId,
      status,
      more.approvalState ?? null,
      more.failure ? JSON.stringify(more.failure) : null,
      more.steps ? JSON.stringify(more.steps) : null,
      more.leftovers ? JSON.stringify(more.leftovers) : null,
      more.holdUntil ?? null,
    ],
  );
}

/** Writes a resource to the ledger as one that exists. */
export async function addResource(
  { registry }: ApiHarness,
  { operationId, tenantId }: Pick<Ordered, 'operationId' | 'tenantId'>,
  resource: { kind: string; step: Step; facts?: Record<string, unknown> },
): Promise<void> {
  const resourceId = await intended(registry.pool, {
    tenantId,
    operationId,
    step: resource.step,
    kind: resource.kind,
    provider: 'test',
    region: 'eu-central',
    cell: 'cell-1',
    name: `t-${tenantId}`,
  });
  await markPresent(registry.pool, resourceId, randomUUID(), resource.facts ?? {});
}
