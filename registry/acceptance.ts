import type pg from 'pg';
import { newOperationId, newTenantId } from '../contract/ids';
import type { KeyWrapper } from '../contract/key-wrapping';
import type { TenantProvisioningRequest } from '../contract/order';
import type { OperationStatus } from '../contract/states';
import type { ProvisioningTemplate } from '../templates/template';
import { appendAudit } from './audit';
import { DOMAIN_HELD } from './custom-domains';
import { maybeOne, transaction, violatedConstraint, type Queryable } from './database';
import { hashOrganization } from './organization-search';
import { createTenantKey, tenantCipher } from './tenant-keys';

/** An order that passed every check that needs no provider. */
export interface Acceptance {
  /** Who asks: `token:<name>`, the same for every token of one holder. */
  caller: string;
  idempotencyKey?: string;
  /** SHA-256 of the order's canonical JSON. */
  requestHash: Buffer;
  order: TenantProvisioningRequest;
  /** The plan's template with the customizations applied: the run keeps it whatever is edited later. */
  template: ProvisioningTemplate;
  /** Customizations that wait for an approver. */
  approvalsRequired: string[];
}

/** What became of an {@link Acceptance}. */
export type AcceptanceOutcome =
  | { outcome: 'accepted' | 'repeated'; operationId: string; tenantId: string; status: OperationStatus }
  | { outcome: 'key-reused' }
  | { outcome: 'name-taken' }
  | { outcome: 'domain-taken' };

/**
 * Accepts an order in one transaction: ids, name, custom domain, the tenant's key and the encrypted order, or nothing at all. The same caller's same
 * idempotency key with the same order is answered with the first operation and where it stands now.
 */
export async function acceptOrder(pool: pg.Pool, keys: KeyWrapper, acceptance: Acceptance): Promise<AcceptanceOutcome> {
  const before = await findRepeat(pool, acceptance);
  if (before) return before;
  try {
    const organizationHash = await hashOrganization(pool, keys, acceptance.order.organizationName);
    return await transaction(pool, (client) => insertOperation(client, keys, { ...acceptance, organizationHash }));
  } catch (error) {
    const constraint = violatedConstraint(error);
    if (!ONE_WINNER.includes(constraint ?? '')) throw error;
    // The same order may have arrived twice at once: whichever index noticed first, the key decides.
    return (
      (await findRepeat(pool, acceptance)) ?? { outcome: constraint === DOMAIN_HELD ? 'domain-taken' : 'name-taken' }
    );
  }
}

/** Unique indexes that only one of several orders can satisfy: of the name and what looks like it, the domain, the idempotency key. */
const ONE_WINNER = ['operation_name_held', 'operation_look_held', 'operation_idempotency', DOMAIN_HELD];

async function findRepeat(db: Queryable, acceptance: Acceptance): Promise<AcceptanceOutcome | undefined> {
  if (acceptance.idempotencyKey === undefined) return undefined;
  const row = await maybeOne<{
    operation_id: string;
    tenant_id: string;
    request_hash: Buffer;
    status: OperationStatus;
  }>(
    db,
    `select operation_id, tenant_id, request_hash, status from operation where caller = $1 and idempotency_key = $2`,
    [acceptance.caller, acceptance.idempotencyKey],
  );
  if (!row) return undefined;
  if (!row.request_hash.equals(acceptance.requestHash)) return { outcome: 'key-reused' };
  return { outcome: 'repeated', operationId: row.operation_id, tenantId: row.tenant_id, status: row.status };
}

async function insertOperation(
  client: Queryable,
  keys: KeyWrapper,
  acceptance: Acceptance & { organizationHash: Buffer },
): Promise<AcceptanceOutcome> {
  const operationId = newOperationId();
  const tenantId = newTenantId();
  const { order, template, caller, approvalsRequired } = acceptance;
  await createTenantKey(client, keys, tenantId);
  const sealed = (await tenantCipher(client, keys, tenantId)).seal('order', JSON.stringify(order));
  await client.query(
    `insert into operation (operation_id, tenant_id, tenant_name, name_look, plan, residency, template, caller,
       idempotency_key, request_hash, order_ciphertext, approval_keys, organization_hash, custom_domain)
     values ($1, $2, $3, translate($3, '01', 'ol'), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      operationId,
      tenantId,
      order.tenantName,
      order.subscription.plan,
      order.compliance?.dataResidency ?? null,
      JSON.stringify(template),
      caller,
      acceptance.idempotencyKey ?? null,
      acceptance.requestHash,
      sealed,
      approvalsRequired,
      acceptance.organizationHash,
      order.configuration.customDomain ?? null,
    ],
  );
  await client.query(
    `insert into resource (tenant_id, operation_id, step, kind, provider, region, name, external_id, state)
     values ($1, $2, 'reserve', 'tenant-key', 'registry', 'global', $1, $1, 'present')`,
    [tenantId, operationId],
  );
  await appendAudit(client, {
    tenantId,
    operationId,
    actor: caller,
    action: 'order.accepted',
    detail: { plan: order.subscription.plan, template: template.version, approvalsRequired },
  });
  return { outcome: 'accepted', operationId, tenantId, status: 'pending' };
}
