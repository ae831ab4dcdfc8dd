import { rulesOf } from '../../../../contract/operations/kinds';
import { SUCCESS_STATUSES } from '../../../../contract/operations/states';
import type { TenantProvisioningRequest } from '../../../../contract/orders/order';
import { archiveSeen } from '../../checker/eyes/in-vault';
import { seen, withoutAccess, type Look, type Standing } from '../../checker/eyes/look';
import type { Facts, Watched } from '../../checker/eyes/watched';
import { closed } from '../../checker/invariants/changes/i15-closed';
import { asBefore } from '../../checker/invariants/changes/i16-as-before';
import type { FaultRun } from '../../journal';
import type { ChangeKind } from '../../plan/calls/calls';
import type { Caller } from '../../../../stack/product/tokens';
import { persistently, type World } from '../scenario';

/** A tenant of the matrix that changes run on, one after another. */
export interface Subject extends Watched {
  order: TenantProvisioningRequest;
  state: Standing;
  /** What was seen of it, by the state it was in. */
  known: { active: Facts } & Partial<Record<Standing, Facts>>;
}

/** Who asks for a change, and with what, if the scenario does not say otherwise. */
export const REQUESTS: Record<ChangeKind, { caller: Caller; body: object }> = {
  suspend: { caller: 'support', body: { reason: 'non_payment' } },
  resume: { caller: 'support', body: {} },
  deprovision: { caller: 'offboarding', body: { reason: 'customer_request', graceDays: 0 } },
};

/** How a scenario asks for a change. */
export interface Request {
  /** Base URL of the API, if it is another than the product's first. */
  api?: string;
  body?: object;
}

let requests = 0;

/** Asks for a change and returns its operation. Repeated with the same key while the API is away. */
export async function requestChange(
  { system: { product } }: World,
  kind: ChangeKind,
  tenantId: string,
  { api = '', body: asked = REQUESTS[kind].body }: Request = {},
): Promise<string> {
  requests += 1;
  const headers = { 'idempotency-key': `${kind}-${requests}` };
  const { caller } = REQUESTS[kind];
  return persistently(async () => {
    const path = `/v1/tenants/${tenantId}:${kind}`;
    const { status, body } = await product.call(caller, 'POST', `${api}${path}`, asked, headers);
    if (status !== 202) throw new Error(`${path} was answered ${status}: ${JSON.stringify(body)}`);
    return body.operationId as string;
  });
}

/**
 * Looks at a tenant after an operation has ended, and remembers what it is like now. Returns whether the next scenario can have it: not while
 * an operator is waited for, nor if it is not as it should be.
 */
export async function lookAfter(
  { system: { product }, journal }: World,
  tenant: Subject,
  run: FaultRun & { kind: ChangeKind },
): Promise<boolean> {
  const { operationId, tenantId, kind, scenario } = run;
  const { status } = await persistently(() => product.operation(operationId));
  if (status === 'needs_operator' || run.accepted === true) return false;
  if (run.exported)
    journal.exports.push({
      ...{ scenario, operationId, tenantId },
      kept: status === 'completed',
      archive: await archiveSeen(product, tenantId),
    });
  const expected =
    run.readOnly && SUCCESS_STATUSES.includes(status)
      ? 'read-only'
      : SUCCESS_STATUSES.includes(status)
        ? (rulesOf(kind).to ?? tenant.state)
        : tenant.state;
  if (expected === 'gone') {
    journal.removed.push({ scenario, operationId, tenantId, names: namesOf(tenant) });
    return false;
  }
  const { reach, facts } = await seen(product, tenant);
  const before = tenant.known[expected] ?? withoutAccess(tenant.known.active);
  const look: Look = { scenario, operationId, tenantId, kind, status, expected, reach, before, now: facts };
  journal.looks.push(look);
  tenant.known[expected] ??= facts;
  tenant.state = expected;
  return [closed([look]), asBefore([look])].every(({ violations }) => violations.length === 0);
}

/** What names a tenant and its first admin in clear text. */
function namesOf({ order }: Subject): string[] {
  return [order.adminUser.email, order.tenantName];
}
