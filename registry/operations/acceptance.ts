import type pg from 'pg';
import { newOperationId, newTenantId } from '../../contract/ids';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import type { TenantProvisioningRequest } from '../../contract/orders/order';
import type { OperationStatus } from '../../contract/operations/states';
import type { ProvisioningTemplate } from '../../templates/template';
import { appendAudit } from '../audit/trail';
import { DOMAIN_HELD } from '../tenants/custom-domains';
import { maybeOne, transaction, violatedConstraint, type Queryable } from '../database';
import { appendEvents } from '../events/append';
import { hashOrganization } from '../tenants/organization-search';
import { insertTenant, LOOK_HELD, NAME_HELD } from '../tenants/tenants';
import { createTenantKey, tenantCipher } from '../keys/tenant-keys';

/** An order that has passed every check that needs no provider. */
export interface Acceptance {
  /** `token:<name>`: the same for every token of one holder. */
  caller: string;
  idempotencyKey?: string;
  /** SHA-256 of the order's canonical JSON. */
  requestHash: Buffer;
  order: TenantProvisioningRequest;
  /** The plan's template with the customizations applied. The run keeps it, whatever is edited later. */
  template: ProvisioningTemplate;
  /** Customizations that need an approval. */
  approvalsRequired: string[];
}

/** An earlier request with the same idempotency key: the same one, or a different one. */
export type Repeat =
  { outcome: 'repeated'; operationId: string; tenantId: string; status: OperationStatus } | { outcome: 'key-reused' };

/** Result of an {@link Acceptance}. */
export type AcceptanceOutcome =
  | { outcome: 'accepted'; operationId: string; tenantId: string; status: OperationStatus }
  | Repeat
  | { outcome: 'name-taken' }
  | { outcome: 'domain-taken' };

/**
 * Accepts an order in one transaction: the tenant with its names and its key, and the operation with the encrypted order, or nothing at
 * all. A repeated request – same caller, idempotency key and order – is answered with the first operation and its current status.
 */
export async function acceptOrder(pool: pg.Pool, keys: KeyWrapper, acceptance: Acceptance): Promise<AcceptanceOutcome> {
  const before = await findRepeat(pool, acceptance);
  if (before) return before;
  try {
    const organizationHash = await hashOrganization(pool, keys, acceptance.order.organizationName);
    return await transaction(pool, (client) => insertOrder(client, keys, { ...acceptance, organizationHash }));
  } catch (error) {
    const constraint = violatedConstraint(error);
    if (!ONE_WINNER.includes(constraint)) throw error;
    // The same order may have arrived twice at once. Whichever index was violated first, the idempotency key decides.
    return (
      (await findRepeat(pool, acceptance)) ?? { outcome: constraint === DOMAIN_HELD ? 'domain-taken' : 'name-taken' }
    );
  }
}

/** Unique indexes that only one of several orders can satisfy. */
const ONE_WINNER: readonly (string | undefined)[] = [NAME_HELD, LOOK_HELD, DOMAIN_HELD, 'operation_idempotency'];

/** The operation that an earlier request with the same idempotency key has begun; undefined if there is none. */
export async function findRepeat(
  db: Queryable,
  acceptance: Pick<Acceptance, 'caller' | 'requestHash'> & { idempotencyKey?: string | undefined },
): Promise<Repeat | undefined> {
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

async function insertOrder(
  client: pg.ClientBase,
  keys: KeyWrapper,
  acceptance: Acceptance & { organizationHash: Buffer },
): Promise<AcceptanceOutcome> {
  const operationId = newOperationId();
  const tenantId = newTenantId();
  const { order, template, caller, approvalsRequired, organizationHash } = acceptance;
  const { tenantName, subscription, compliance, configuration } = order;
  const residency = compliance?.dataResidency ?? null;
  const customDomain = configuration.customDomain ?? null;
  const { plan } = subscription;
  const tenant = { tenantId, tenantName, customDomain, organizationHash, plan, residency, template, caller };
  await insertTenant(client, { ...tenant, operationId });
  await createTenantKey(client, keys, tenantId);
  const sealed = (await tenantCipher(client, keys, tenantId)).seal('order', JSON.stringify(order));
  await client.query(
    `insert into operation (operation_id, tenant_id, tenant_name, plan, residency, template, caller,
       idempotency_key, request_hash, order_ciphertext, approval_keys, organization_hash, custom_domain)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      operationId,
      tenantId,
      tenantName,
      plan,
      residency,
      JSON.stringify(template),
      caller,
      acceptance.idempotencyKey ?? null,
      acceptance.requestHash,
      sealed,
      approvalsRequired,
      organizationHash,
      customDomain,
    ],
  );
  await client.query(
    `insert into resource (tenant_id, operation_id, step, kind, provider, region, name, external_id, state)
     values ($1, $2, 'reserve', 'tenant-key', 'registry', 'global', $1, $1, 'present')`,
    [tenantId, operationId],
  );
  await appendEvents(client, [
    { tenantId, operationId, type: 'tenant.state', data: { state: 'provisioning' } },
    { tenantId, operationId, type: 'operation.status', data: { status: 'pending' } },
  ]);
  await appendAudit(client, {
    tenantId,
    operationId,
    actor: caller,
    action: 'order.accepted',
    detail: { plan, template: template.version, approvalsRequired },
  });
  return { outcome: 'accepted', operationId, tenantId, status: 'pending' };
}
