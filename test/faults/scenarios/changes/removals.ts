import type { TenantState } from '../../../../contract/tenants/states';
import { aim } from '../../plan/aim';
import type { Call, Plan } from '../../plan/calls/call';
import { callNamed, callsOf } from '../../plan/calls/calls';
import { EXPORTED } from '../../plan/calls/deprovision';
import { faultsFor } from '../../plan/faults';
import { groupBy } from '../../checker/group-by';
import { aimedScenarios } from '../aimed';
import { cancel } from '../cancels';
import { OUTCOME_MS, outcomes, recovered, within, type Scenario, type World } from '../scenario';
import { CHANGES_AT_ONCE, faultOf, prepare, prepareChange, type Prepared } from '../subject';
import { SECONDS_OF_A_TENANT, tenantsOf } from './tenants';

const GRACE_DAYS = 1;

/** Removals of tenants under faults at every request past the pivot, and removals that are called off before it. */
export function removalScenarios(): Scenario[] {
  return [
    ...aimedScenarios('deprovision', ({ step }) => ['export', 'grace', 'legal-hold'].includes(step)),
    ...faultsEverywhere('starter'),
    ...faultsEverywhere('professional'),
    calledOff('active', 'by the operation'),
    calledOff('active', 'by the tenant'),
    calledOff('suspended', 'by the operation'),
    calledOff('active', 'by the tenant', { ...EXPORTED, graceDays: GRACE_DAYS }),
    calledOffAtThePivot(),
    calledOffTooLate(),
  ];
}

/** One removal for each kind of fault, which meets every request past the pivot once: a removal costs a tenant. */
function faultsEverywhere(plan: Plan): Scenario[] {
  // The professional tenant differs only in its database.
  const calls = callsOf('deprovision').filter((call) => call.afterPivot === true && call.plan === plan);
  const aimed = calls.flatMap((call) => faultsFor(call).map((fault) => ({ call, fault })));
  const groups = [...groupBy(aimed, ({ fault }) => fault.kind)].flatMap(([kind, group]) => dealt(kind, group));
  return groups.map(([kind, group], index): Scenario => {
    const name = `${kind}, at requests that remove a ${plan} tenant (${index + 1})`;
    const fault = faultOf(kind, 'deprovision');
    return scenario('a fault (deprovision)', name, 8 + SECONDS_OF_A_TENANT, async (world) => {
      for (const _ of group) world.journal.plan(fault);
      const prepared = await prepare(world, name, { kind: 'deprovision', plan });
      const rules = group.map((each) => aim(world.system.lines, prepared.run, each.call, each.fault));
      await prepared.begin();
      await recovered(world, name, [prepared.run]);
      for (const [index, rule] of rules.entries()) {
        if (rule.met > 0) world.journal.fire(fault);
        else world.say(`${name}: ${group[index]!.call.name} was never met`);
        rule.release();
      }
      await prepared.finish();
    });
  });
}

/** Faults that make a removal wait at each request are dealt out to several removals, so that each of these ends in time. */
function dealt<T>(kind: string, group: T[]): [kind: string, group: T[]][] {
  const parts = Math.ceil(group.length / (WAITING[kind] ?? group.length));
  return Array.from({ length: parts }, (_, part) => [kind, group.filter((_each, index) => index % parts === part)]);
}

const WAITING: Partial<Record<string, number>> = {
  'effect, then a reset': 8,
  'effect, then silence': 4,
  'late success': 3,
  'reset before the effect': 8,
};

/** A removal is called off in its grace period. */
function calledOff(
  from: TenantState,
  how: 'by the operation' | 'by the tenant',
  body: object = { reason: 'customer_request', graceDays: GRACE_DAYS },
): Scenario {
  const fault = faultOf('cancel in the grace period', 'deprovision');
  const name = `${fault}, ${how}, of a tenant that was ${'exportTo' in body ? 'exported' : from}`;
  return scenario('a cancel (deprovision)', name, 2 + SECONDS_OF_A_TENANT, async (world) => {
    const { product } = world.system;
    world.journal.plan(fault);
    const prepared = await waiting(world, name, from, body);
    const { run } = prepared;
    await product.until(run.operationId, ({ status }) => status === 'grace', OUTCOME_MS);
    const path =
      how === 'by the tenant' ? `/v1/tenants/${run.tenantId}:cancel` : `/v1/operations/${run.operationId}/cancel`;
    run.cancelled = (await product.call('operator', 'POST', path)).status === 202;
    if (run.cancelled) world.journal.fire(fault);
    await recovered(world, name, [run]);
    await prepared.finish();
  });
}

/** A removal that has begun, and waits for much longer than the scenario lasts. */
async function waiting(world: World, name: string, from: TenantState, body: object): Promise<Prepared> {
  const tenants = tenantsOf(world);
  const tenant = await tenants.take('starter', [from]);
  const prepared = prepareChange(world, { scenario: name, kind: 'deprovision' }, { tenant, tenants, body });
  await prepared.begin();
  return prepared;
}

/** A cancel meets the pivot, whose transaction it may have to wait for: either the tenant is as before, or it is gone. */
function calledOffAtThePivot(): Scenario {
  return cancelDuring('cancel at the pivot', callNamed('deprovision', 'begin the removal'), [202, 409, 503]);
}

/** A cancel past the pivot is refused. */
function calledOffTooLate(): Scenario {
  return cancelDuring('cancel after the pivot', callNamed('deprovision', 'delete the bucket'), [409]);
}

function cancelDuring(what: string, call: Call, answers: readonly number[]): Scenario {
  const name = faultOf(what, 'deprovision');
  return scenario('a cancel (deprovision)', name, 4 + SECONDS_OF_A_TENANT, async (world) => {
    world.journal.plan(name);
    const prepared = await prepare(world, name, call);
    const { run } = prepared;
    const rule = aim(world.system.lines, run, call, { does: 'hold', times: 1 });
    await prepared.begin();
    const hit = await within(60_000, rule.hit);
    const status = await cancel(world, run);
    run.cancelled = status === 202;
    world.journal.expect('I7', name, answers.includes(status), `answered ${status}, not ${answers.join(' or ')}`);
    rule.release();
    if (hit) world.journal.fire(name);
    await outcomes(world, [run]);
    await prepared.finish();
  });
}

function scenario(kind: string, name: string, seconds: number, run: (world: World) => Promise<void>): Scenario {
  return { name, kind, seconds, alone: false, atOnce: CHANGES_AT_ONCE, run };
}
