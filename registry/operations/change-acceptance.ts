import type pg from 'pg';
import { newOperationId } from '../../contract/ids';
import type { KeyWrapper } from '../../contract/keys/key-wrapping';
import type { OperationParameters } from '../../contract/operations/inputs';
import { rulesOf, type OperationKind } from '../../contract/operations/kinds';
import type { OperationStatus } from '../../contract/operations/states';
import type { TenantState } from '../../contract/tenants/states';
import { appendAudit } from '../audit/trail';
import { maybeOne, transaction, violatedConstraint, type Queryable } from '../database';
import { appendEvents } from '../events/append';
import { ignoreDestroyedKey, TenantKeyDestroyed, tenantCipher } from '../keys/tenant-keys';
import { findRepeat, type Repeat } from './acceptance';
import { findOpenOperation, findUnstarted, type UnstartedOperation } from './operations';

/** A request to change a tenant. */
export interface ChangeRequest {
  kind: OperationKind;
  tenantId: string;
  /** `token:<name>`. */
  caller: string;
  idempotencyKey?: string | undefined;
  /** SHA-256 of the request's canonical JSON, with the tenant and the kind. */
  requestHash: Buffer;
  parameters: OperationParameters;
  /** What the requester wrote; encrypted under the tenant's key. */
  message?: string | undefined;
  /** What else belongs to the acceptance, in its transaction, with the tenant locked; throws to refuse it. */
  alongside?: (client: pg.ClientBase, operationId: string) => Promise<void>;
}

/** Result of a {@link ChangeRequest}. */
export type ChangeOutcome =
  | { outcome: 'accepted'; run: UnstartedOperation }
  | Repeat
  | { outcome: 'no-tenant' }
  /** The tenant's state does not allow this kind of operation. */
  | { outcome: 'not-now'; state: TenantState }
  /** Another operation of the tenant has not ended. */
  | { outcome: 'busy'; operationId: string; kind: OperationKind; status: OperationStatus };

/** Accepts a change of a tenant in one transaction, unless its state or another open operation forbids it. */
export async function acceptChange(pool: pg.Pool, keys: KeyWrapper, request: ChangeRequest): Promise<ChangeOutcome> {
  try {
    return await transaction(pool, (client) => insertChange(client, keys, request));
  } catch (error) {
    if (violatedConstraint(error) !== 'operation_idempotency') throw error;
    // A request with this key for another tenant has won at the same moment. Those for this tenant wait for its row.
    return acceptChange(pool, keys, request);
  }
}

async function insertChange(client: pg.ClientBase, keys: KeyWrapper, request: ChangeRequest): Promise<ChangeOutcome> {
  const { kind, tenantId, caller, idempotencyKey, requestHash, parameters } = request;
  const tenant = await maybeOne<{ state: TenantState }>(
    client,
    `select state from tenant where tenant_id = $1 for update`,
    [tenantId],
  );
  const before = await findRepeat(client, request);
  if (before) return before;
  if (!tenant) return { outcome: 'no-tenant' };
  const open = await findOpenOperation(client, tenantId);
  if (open) return { outcome: 'busy', ...open };
  if (!rulesOf(kind).from.includes(tenant.state)) return { outcome: 'not-now', state: tenant.state };
  const operationId = newOperationId();
  const sealed = await sealMessage(client, keys, request);
  await client.query(
    `insert into operation (operation_id, tenant_id, kind, tenant_name, plan, region, residency, template, caller, idempotency_key,
       request_hash, order_ciphertext, parameters)
     select $2, tenant_id, $3, tenant_name, plan, region, residency, template, $4, $5, $6, $7, $8 from tenant where tenant_id = $1`,
    [tenantId, operationId, kind, caller, idempotencyKey ?? null, requestHash, sealed, JSON.stringify(parameters)],
  );
  const { meanwhile } = rulesOf(kind);
  if (meanwhile !== undefined)
    await client.query(`update tenant set returns_to = state, state = $2, updated_at = now() where tenant_id = $1`, [
      tenantId,
      meanwhile,
    ]);
  await appendEvents(client, [
    ...(meanwhile === undefined
      ? []
      : [{ tenantId, operationId, type: 'tenant.state' as const, data: { from: tenant.state, state: meanwhile } }]),
    { tenantId, operationId, type: 'operation.status', data: { status: 'pending' } },
  ]);
  await appendAudit(client, {
    tenantId,
    operationId,
    actor: caller,
    action: `${kind}.requested`,
    detail: { ...parameters },
  });
  await request.alongside?.(client, operationId);
  return { outcome: 'accepted', run: (await findUnstarted(client, operationId))! };
}

/** The requester's words, encrypted. Throws `TenantKeyDestroyed`; but a tenant without a key can still be removed without words. */
async function sealMessage(
  db: Queryable,
  keys: KeyWrapper,
  { kind, tenantId, message = '' }: ChangeRequest,
): Promise<Buffer> {
  const cipher = await ignoreDestroyedKey(tenantCipher(db, keys, tenantId));
  if (cipher) return cipher.seal('order', JSON.stringify({ message }));
  if (rulesOf(kind).to !== 'gone' || message !== '') throw new TenantKeyDestroyed(tenantId);
  return Buffer.alloc(0);
}
