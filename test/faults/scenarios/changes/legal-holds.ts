import { seen, withoutAccess, type Look } from '../../checker/eyes/look';
import { aim } from '../../plan/aim';
import { callNamed } from '../../plan/calls/calls';
import { EXPORTED } from '../../plan/calls/deprovision';
import { OUTCOME_MS, persistently, recovered, within, type Scenario, type World } from '../scenario';
import { CHANGES_AT_ONCE, faultOf, prepareChange } from '../subject';
import type { Subject } from './change';
import { SECONDS_OF_A_TENANT, tenantsOf } from './tenants';

/** A legal hold is placed while a removal is on its way: nothing is removed before it is lifted. */
export function legalHoldScenarios(): Scenario[] {
  return [underHold('lifted'), underHold('called off'), underHold('the worker is killed, then lifted')];
}

type End = 'lifted' | 'called off' | 'the worker is killed, then lifted';

function underHold(end: End): Scenario {
  const kill = end === 'the worker is killed, then lifted';
  const fault = faultOf(`a legal hold, ${end}`, 'deprovision');
  return {
    name: fault,
    kind: kill ? 'a change loses its worker or its run' : 'a legal hold (deprovision)',
    seconds: kill ? 30 : 4 + SECONDS_OF_A_TENANT,
    alone: kill,
    atOnce: CHANGES_AT_ONCE,
    run: async (world) => {
      const { system, journal } = world;
      const { product } = system;
      journal.plan(fault);
      const tenants = tenantsOf(world);
      const tenant = await tenants.take('starter', ['active']);
      const prepared = prepareChange(
        world,
        { scenario: fault, kind: 'deprovision' },
        { tenant, tenants, body: EXPORTED },
      );
      const { run } = prepared;
      const rule = aim(system.lines, run, callNamed('deprovision', 'begin the archive'), { does: 'hold', times: 1 });
      await prepared.begin();
      const hit = await within(60_000, rule.hit);
      const placed = await hold(world, run.tenantId, 'PUT');
      rule.release();
      await untilHeld(world, run.operationId);
      if (kill) {
        await product.kill('worker');
        await product.restart('worker');
      }
      await lookWhileHeld(world, tenant, run);
      if (hit && placed === 200) journal.fire(fault);
      if (end === 'called off') {
        const { status } = await product.call('operator', 'POST', `/v1/operations/${run.operationId}/cancel`);
        run.cancelled = status === 202;
        await recovered(world, fault, [run]);
        await hold(world, run.tenantId, 'DELETE');
      } else {
        await hold(world, run.tenantId, 'DELETE');
        await recovered(world, fault, [run]);
      }
      await prepared.finish();
    },
  };
}

/** Places a legal hold, or lifts it. */
async function hold({ system: { product } }: World, tenantId: string, method: 'PUT' | 'DELETE'): Promise<number> {
  const body = { reason: 'A court asks for it.' };
  return persistently(async () => {
    const { status } = await product.call('legal', method, `/v1/tenants/${tenantId}/legal-hold`, body);
    if (status >= 500) throw new Error(`It was answered ${status}.`);
    return status;
  });
}

async function untilHeld({ system: { product } }: World, operationId: string): Promise<void> {
  await product.until(
    operationId,
    ({ steps }) => steps.some(({ id, state }) => id === 'legal-hold' && state === 'running'),
    OUTCOME_MS,
  );
}

/** While the operation is open, the ledger knows what each resource goes back to. */
const OF_OPEN_OPERATIONS = 'registry: resources';

/** The tenant is closed and has all that it had. */
async function lookWhileHeld(
  { system: { product }, journal }: World,
  tenant: Subject,
  { scenario, operationId, tenantId }: Pick<Look, 'scenario' | 'operationId' | 'tenantId'>,
): Promise<void> {
  const { reach, facts: now } = await seen(product, tenant);
  const { [OF_OPEN_OPERATIONS]: _, ...before } = withoutAccess(tenant.known.active);
  const ids = { scenario, operationId, tenantId };
  const { status } = await product.operation(operationId);
  journal.looks.push({ ...ids, kind: 'deprovision', status, expected: 'leaving', reach, before, now });
}
