import { setTimeout as sleep } from 'node:timers/promises';
import { operationWorkflowId } from '../../../../contract/operations/messages';
import type { TenantProvisioningRequest } from '../../../../contract/orders/order';
import { plan as ordering } from '../../../helpers/product';
import { seen, type Standing } from '../../checker/eyes/look';
import type { FaultRun } from '../../journal';
import type { Plan } from '../../plan/calls/call';
import { OTHER_CHANGES, type ChangeKind } from '../../plan/calls/calls';
import { OUTCOME_MS, outcomes, type World } from '../scenario';
import { lookAfter, requestChange, type Subject } from './change';
import { inhabit } from './inhabit';

/** Tenants by what is done with them: those of one pool know nothing of the changes that another one's go through. */
type Pool = 'access' | (typeof OTHER_CHANGES)[number];

/** Most tenants of each pool at a time; a batch of kills needs as many at once. */
export const MOST: Record<Pool, Record<Plan, number>> = {
  access: { starter: 14, professional: 4 },
  'configure-sso': { starter: 0, professional: 7 },
  reconcile: { starter: 14, professional: 0 },
};

/** The pool whose tenants operations of this kind change. */
export function poolOf(kind: ChangeKind): Pool {
  return OTHER_CHANGES.find((other) => other === kind) ?? 'access';
}

/** What it costs to provision a tenant, to fill it and to look at it. A sample uses hardly any of them twice. */
export const SECONDS_OF_A_TENANT = 2.5;

/** The tenants that changes run on. They are provisioned when they are first needed, and used again. */
export interface Tenants {
  /** A tenant that no other scenario has, in one of these states. */
  take(plan: Plan, states: readonly Standing[]): Promise<Subject>;
  giveBack(tenant: Subject): void;
  /** Leaves a tenant as it is, because no other scenario can use it. */
  retire(tenant: Subject): void;
  /** Leaves all tenants as they are that scenarios have taken. */
  abandon(): void;
}

const pools = new WeakMap<object, Partial<Record<Pool, Tenants>>>();

/** The tenants of a pool of this run of the matrix. */
export function tenantsOf(world: World, pool: Pool = 'access'): Tenants {
  const known = pools.get(world.journal) ?? {};
  pools.set(world.journal, known);
  return (known[pool] ??= createTenants(world, MOST[pool]));
}

/** Leaves all tenants as they are that scenarios have taken. For when none runs: one that broke off gives nothing back. */
export function abandonTenants(world: World): void {
  for (const each of Object.values(pools.get(world.journal) ?? {})) each.abandon();
}

function createTenants(world: World, most: Record<Plan, number>): Tenants {
  const free: Subject[] = [];
  const taken = new Set<Subject>();
  const count: Record<Plan, number> = { starter: 0, professional: 0 };

  const pick = (plan: Plan, suits: (tenant: Subject) => boolean): Subject | undefined => {
    const index = free.findIndex((tenant) => tenant.plan === plan && suits(tenant));
    return index < 0 ? undefined : free.splice(index, 1)[0];
  };

  async function next(plan: Plan, states: readonly Standing[]): Promise<Subject> {
    for (const deadline = Date.now() + 2 * OUTCOME_MS; Date.now() < deadline; await sleep(100)) {
      const ready = pick(plan, ({ state }) => states.includes(state));
      if (ready) return ready;
      if (count[plan] < most[plan]) {
        count[plan] += 1;
        return provision(world, plan).catch((error: unknown) => {
          count[plan] -= 1;
          throw error;
        });
      }
      const other = pick(plan, () => true);
      if (other) return other;
    }
    throw new Error(`All ${most[plan]} ${plan} tenants are in use.`);
  }

  const retire = (tenant: Subject): void => {
    if (taken.delete(tenant)) count[tenant.plan] -= 1;
  };

  return {
    take: async (plan, states) => {
      const tenant = await next(plan, states);
      taken.add(tenant);
      while (!states.includes(tenant.state)) await moveOn(world, tenant);
      return tenant;
    },
    giveBack: (tenant) => {
      taken.delete(tenant);
      free.push(tenant);
    },
    retire,
    abandon: () => taken.forEach(retire),
  };
}

/** Provisions a tenant for scenarios of changes. */
export async function provision(
  world: World,
  plan: Plan,
  more: Partial<TenantProvisioningRequest> = {},
): Promise<Subject> {
  const { product } = world.system;
  const scenario = 'a tenant to be changed';
  const run: FaultRun = { scenario, ...(await product.order({ ...ordering(plan), ...more })) };
  world.journal.runs.push(run);
  const [operation] = await outcomes(world, [run]);
  if (operation?.status !== 'active') throw new Error(`${scenario} is ${operation?.status}.`);
  // The first charge and the mail follow the pivot; the facts would change with them.
  await product.temporal.workflow.getHandle(operationWorkflowId(run.operationId)).result();
  const watched = await inhabit(product, run.tenantId, plan);
  const { facts } = await seen(product, watched);
  return { ...watched, order: run.order, state: 'active', known: { active: facts } };
}

/** Changes a tenant without any fault, from the state it is in. */
async function moveOn(world: World, tenant: Subject): Promise<void> {
  const kind: ChangeKind = tenant.state === 'active' ? 'suspend' : 'resume';
  const { tenantId, order } = tenant;
  const operationId = await requestChange(world, kind, tenantId);
  const run = { scenario: `${kind} without a fault`, kind, operationId, tenantId, order };
  world.journal.runs.push(run);
  const [operation] = await outcomes(world, [run]);
  const why = `${kind} without a fault is ${operation?.status}: ${operation?.failure?.message}`;
  world.journal.expect('I1', run.scenario, operation?.status === 'completed', why);
  if (!(await lookAfter(world, tenant, run)) || operation?.status !== 'completed')
    throw new Error(`${kind} without a fault left ${tenantId} ${tenant.state}.`);
}
