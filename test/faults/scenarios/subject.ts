import { rulesOf, type OperationKind } from '../../../contract/operations/kinds';
import type { FaultRun } from '../journal';
import type { Call } from '../plan/calls/call';
import { CHANGES, type ChangeKind } from '../plan/calls/calls';
import { lookAfter, requestChange, type Request, type Subject } from './changes/change';
import { nextConnection } from './changes/connections';
import { driftByHand } from './changes/drift';
import { poolOf, provision, tenantsOf, type Tenants } from './changes/tenants';
import { approve, orderWaiting, outcomes, type World } from './scenario';

/** An operation that has not begun, so that faults can be prepared before it makes any request. */
export interface Prepared {
  run: FaultRun;
  begin(): Promise<void>;
  /** Call it once the operation has ended: looks at the tenant that it has changed, and lets other scenarios have it. */
  finish(): Promise<void>;
}

/** Changes of tenants that run side by side. They are cheap, and wait for most of the time. */
export const CHANGES_AT_ONCE = 10;

/** Prepares an operation of a kind, on a tenant of a plan. */
export async function prepare(
  world: World,
  scenario: string,
  { kind, plan, body, from, fresh }: Pick<Call, 'kind' | 'plan' | 'body' | 'from' | 'fresh'>,
  more: Partial<FaultRun> = {},
): Promise<Prepared> {
  if (isChange(kind)) {
    const pool = tenantsOf(world, poolOf(kind));
    const tenants = fresh ? { ...pool, giveBack: () => undefined, retire: () => undefined } : pool;
    const tenant = fresh ? await provision(world, plan) : await pool.take(plan, from ?? rulesOf(kind).from);
    if (kind === 'configure-sso') {
      if (!fresh && !tenant.connection) await connectFirst(world, tenant);
      const { sso, body: asked } = await nextConnection(world, tenant);
      return prepareChange(world, { scenario, ...more, kind, sso }, { tenant, tenants, body: asked });
    }
    return prepareChange(world, { scenario, ...more, kind }, { tenant, tenants, ...(body ? { body } : {}) });
  }
  const run = await orderWaiting(world, scenario, plan, more);
  return { run, begin: () => approve(world, run), finish: async () => undefined };
}

/** Prepares a change of a tenant that no other scenario has. */
export function prepareChange(
  world: World,
  about: Partial<FaultRun> & { scenario: string; kind: ChangeKind },
  { tenant, tenants, ...request }: { tenant: Subject; tenants: Tenants } & Request,
): Prepared {
  const { tenantId, order } = tenant;
  // The operation has an id only once it is asked for; until then its requests are recognised by the tenant.
  const run = { operationId: '', tenantId, order, ...about };
  return {
    run,
    begin: async () => {
      Object.assign(run, waysOf(request.body));
      if (about.kind === 'reconcile') await driftByHand(world.system.product, tenantId);
      run.operationId = await requestChange(world, about.kind, tenantId, request);
      world.journal.runs.push(run);
    },
    finish: async () => {
      let usable = false;
      try {
        usable = await lookAfter(world, tenant, run);
      } finally {
        // A tenant whose look failed would otherwise be missing for all scenarios to come.
        if (usable) tenants.giveBack(tenant);
        else tenants.retire(tenant);
      }
    },
  };
}

/** Gives a tenant its first connection, without any fault. */
async function connectFirst(world: World, tenant: Subject): Promise<void> {
  const scenario = 'configure-sso without a fault';
  const { sso, body } = await nextConnection(world, tenant);
  const tenants = { ...tenantsOf(world, 'configure-sso'), giveBack: () => undefined, retire: () => undefined };
  const prepared = prepareChange(world, { scenario, kind: 'configure-sso', sso }, { tenant, tenants, body });
  await prepared.begin();
  const [operation] = await outcomes(world, [prepared.run]);
  await prepared.finish();
  if (!tenant.connection) throw new Error(`${scenario} is ${operation?.status}: ${operation?.failure?.message}`);
}

/** What is special about a change that is asked for in this way. */
function waysOf(body: object = {}): Partial<FaultRun> {
  return { ...('exportTo' in body ? { exported: true } : {}), ...('readOnly' in body ? { readOnly: true } : {}) };
}

/** Whether operations of this kind change a tenant that is there. */
export function isChange(kind: OperationKind): kind is ChangeKind {
  return (CHANGES as readonly OperationKind[]).includes(kind);
}

/** The name of a fault in the report: faults of a provisioning have no addition. */
export function faultOf(fault: string, kind: OperationKind): string {
  return kind === 'provision' ? fault : `${fault} (${kind})`;
}
