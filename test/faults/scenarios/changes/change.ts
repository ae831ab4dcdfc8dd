import { operationWorkflowId } from '../../../../contract/operations/messages';
import { rulesOf } from '../../../../contract/operations/kinds';
import { SUCCESS_STATUSES } from '../../../../contract/operations/states';
import type { TenantProvisioningRequest } from '../../../../contract/orders/order';
import { archiveSeen } from '../../checker/eyes/in-vault';
import { connectedFacts } from '../../checker/eyes/in-keycloak';
import { connectedBy } from '../../checker/eyes/in-registry';
import { seen, withoutAccess, withoutMade, type Look, type Standing } from '../../checker/eyes/look';
import type { Facts, Watched } from '../../checker/eyes/watched';
import { closed } from '../../checker/invariants/changes/i15-closed';
import { asBefore } from '../../checker/invariants/changes/i16-as-before';
import type { Connection } from '../../company';
import type { FaultRun } from '../../journal';
import type { ChangeKind } from '../../plan/calls/calls';
import type { TestProduct } from '../../../helpers/product';
import type { Caller } from '../../../../stack/product/tokens';
import { outcomes, persistently, type World } from '../scenario';

/** A tenant of the matrix that changes run on, one after another. */
export interface Subject extends Watched {
  order: TenantProvisioningRequest;
  state: Standing;
  /** What was seen of it, by the state it was in. */
  known: { active: Facts } & Partial<Record<Standing, Facts>>;
  /** Its company's connection, if it has one. */
  connection?: Connection;
}

/** Who asks for a change, and with what, if the scenario does not say otherwise. */
export const REQUESTS: Record<ChangeKind, { caller: Caller; body: object }> = {
  suspend: { caller: 'support', body: { reason: 'non_payment' } },
  resume: { caller: 'support', body: {} },
  deprovision: { caller: 'offboarding', body: { reason: 'customer_request', graceDays: 0 } },
  'configure-sso': { caller: 'apiKeyManager', body: {} },
  reconcile: { caller: 'operator', body: {} },
};

/** Where a change is asked for. */
export function requestPath(kind: ChangeKind, tenantId: string): string {
  return `/v1/tenants/${tenantId}${kind === 'configure-sso' ? '/identity/sso' : `:${kind}`}`;
}

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
    const path = requestPath(kind, tenantId);
    const method = kind === 'configure-sso' ? 'PUT' : 'POST';
    const { status, body } = await product.call(caller, method, `${api}${path}`, asked, headers);
    if (status !== 202) throw new Error(`${path} was answered ${status}: ${JSON.stringify(body)}`);
    return body.operationId as string;
  });
}

/**
 * Looks at a tenant after an operation has ended, and remembers what it is like now. Returns whether the next scenario can have it: not while
 * an operator is waited for, nor if it is not as it should be.
 */
export async function lookAfter(world: World, tenant: Subject, run: FaultRun & { kind: ChangeKind }): Promise<boolean> {
  const { product, company } = world.system;
  const { journal } = world;
  const { operationId, tenantId, kind, scenario } = run;
  const { status } = await persistently(() => product.operation(operationId));
  if (status === 'needs_operator' || run.accepted === true) return false;
  if (run.exported)
    journal.exports.push({
      ...{ scenario, operationId, tenantId },
      kept: status === 'completed',
      archive: await archiveSeen(product, tenantId),
    });
  if (kind === 'reconcile' && !SUCCESS_STATUSES.includes(status)) return mendAfter(world, tenant, scenario);
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
  // What an attempt has left is forgotten when its outcome is known already.
  if (run.sso) await ended(product, operationId);
  const { reach, facts } = await seen(product, tenant);
  const asked = SUCCESS_STATUSES.includes(status) ? run.sso?.wanted : undefined;
  if (asked) {
    const wanted = { ...connectedFacts(asked, company.issuer), ...connectedBy(operationId) };
    tenant.known = { active: { ...tenant.known.active, ...wanted } };
    tenant.connection = asked;
  }
  const known = tenant.known[expected] ?? withoutAccess(tenant.known.active);
  const before = kind === 'reconcile' ? withoutMade(known) : known;
  const look: Look = { scenario, operationId, tenantId, kind, status, expected, reach, before, now: facts };
  journal.looks.push(look);
  if (kind === 'reconcile') tenant.known = { active: facts };
  tenant.known[expected] ??= facts;
  tenant.state = expected;
  return [closed([look]), asBefore([look])].every(({ violations }) => violations.length === 0);
}

/** What a reconciliation has not reached, the next one mends: without a fault it finds all that is left, and leaves nothing. */
async function mendAfter(world: World, tenant: Subject, scenario: string): Promise<boolean> {
  const { tenantId, order } = tenant;
  const operationId = await requestChange(world, 'reconcile', tenantId);
  const run = { scenario, kind: 'reconcile' as const, operationId, tenantId, order };
  world.journal.runs.push(run);
  const [operation] = await outcomes(world, [run]);
  const left = operation?.drift?.filter(({ outcome }) => outcome !== 'mended') ?? [];
  const isMended = operation?.status === 'completed' && left.length === 0;
  const what = `the next reconciliation is ${operation?.status}, and leaves ${JSON.stringify(left)}`;
  world.journal.expect('I16', scenario, isMended, what);
  return isMended && lookAfter(world, tenant, run);
}

/** Resolves when the run is over, whatever its outcome is. */
async function ended({ temporal }: TestProduct, operationId: string): Promise<void> {
  await temporal.workflow
    .getHandle(operationWorkflowId(operationId))
    .result()
    .catch(() => undefined);
}

/** What names a tenant and its first admin in clear text. */
function namesOf({ order }: Subject): string[] {
  return [order.adminUser.email, order.tenantName];
}
