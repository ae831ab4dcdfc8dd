import { setTimeout as sleep } from 'node:timers/promises';
import { rulesOf } from '../../../../contract/operations/kinds';
import type { FaultRun } from '../../journal';
import { aim } from '../../plan/aim';
import { callNamed, type AccessChange } from '../../plan/calls/calls';
import { recovered, within, type Scenario, type World } from '../scenario';
import { CHANGES_AT_ONCE, faultOf } from '../subject';
import { lookAfter, REQUESTS, requestChange, type Subject } from './change';
import { SECONDS_OF_A_TENANT, tenantsOf } from './tenants';

const MANY = 20;

/** The time in which an unanswered request may still arrive (LATE_REQUEST_SECONDS) is a second longer. */
const LATE_MS = 14_000;

/** One request sent often, and requests at providers that arrive when they are no longer expected. */
export function repetitionScenarios(kind: AccessChange): Scenario[] {
  return [manyAtOnce(kind), ...(kind === 'suspend' ? [lateClosing()] : [])];
}

/** The same request many times, with one key and with many: one operation begins. */
function manyAtOnce(kind: AccessChange): Scenario {
  const name = faultOf(`the same request ${MANY} times at once`, kind);
  return scenario(kind, { name, fault: name, seconds: 1 + SECONDS_OF_A_TENANT }, async (world, tenant) => {
    const { tenantId, order } = tenant;
    const { product } = world.system;
    const { caller, body } = REQUESTS[kind];
    const ask = async (key: string) => {
      const path = `/v1/tenants/${tenantId}:${kind}`;
      const answer = await product.call(caller, 'POST', path, body, { 'idempotency-key': key });
      return { status: answer.status, operationId: answer.body.operationId as string | undefined };
    };
    const keys = Array.from({ length: MANY }, (_, index) => `${tenantId}-${kind}-${index % 2 === 0 ? 'same' : index}`);
    const answers = await Promise.all(keys.map(ask));
    const accepted = answers.filter(({ status }) => status === 202);
    const operations = new Set(accepted.map(({ operationId }) => operationId!));
    const refused = answers.every(({ status }) => status === 202 || status === 409);
    world.journal.expect(
      'I2',
      name,
      operations.size === 1 && refused,
      `${MANY} requests got ${operations.size} operations; answers ${answers.map(({ status }) => status).join(', ')}`,
    );
    const runs = [...operations].map((operationId): Run => ({ scenario: name, kind, operationId, tenantId, order }));
    world.journal.runs.push(...runs);
    await recovered(world, name, runs);
    return { last: runs[0]!, fired: accepted.length > 0 };
  });
}

/** A request of a suspension arrives at the provider after the tenant was resumed. */
function lateClosing(): Scenario {
  const name = 'a request of the suspension arrives after the resumption';
  // On a busy machine the resumption may come after the request.
  const fault = `${faultOf('late success', 'suspend')}: ${name}`;
  return scenario('suspend', { name, fault, seconds: 8 + SECONDS_OF_A_TENANT }, async (world, tenant) => {
    const { tenantId, order } = tenant;
    const change = async (kind: AccessChange): Promise<Run> => {
      const operationId = await requestChange(world, kind, tenantId);
      const run: Run = { scenario: name, kind, operationId, tenantId, order };
      world.journal.runs.push(run);
      return run;
    };
    const call = callNamed('suspend', 'close the organization');
    const late = { does: { of: 'request', ms: LATE_MS } as const, times: 1 };
    const rule = aim(world.system.lines, { operationId: '', tenantId, order }, call, late);
    const suspension = await change('suspend');
    const hit = await within(60_000, rule.hit);
    let arrived = false;
    const arrival = sleep(LATE_MS).then(() => (arrived = true));
    await recovered(world, name, [suspension]);
    tenant.state = 'suspended';
    const resumption = await change('resume');
    const fired = hit && !arrived;
    await recovered(world, name, [resumption]);
    const { status, failure } = await world.system.product.operation(resumption.operationId);
    world.journal.expect('I16', name, status === 'completed', `the resumption is ${status}: ${failure?.message}`);
    await arrival.then(() => sleep(1_000));
    return { last: resumption, fired };
  });
}

type Run = FaultRun & { kind: AccessChange };

function scenario(
  kind: AccessChange,
  { name, fault, seconds }: { name: string; fault: string; seconds: number },
  work: (world: World, tenant: Subject) => Promise<{ last: Run; fired: boolean }>,
): Scenario {
  return {
    name,
    kind: 'a repetition of a change',
    seconds,
    alone: false,
    atOnce: CHANGES_AT_ONCE,
    run: async (world) => {
      world.journal.plan(fault);
      const tenants = tenantsOf(world);
      const tenant = await tenants.take('starter', rulesOf(kind).from);
      const { last, fired } = await work(world, tenant);
      if (fired) world.journal.fire(fault);
      else world.say(`${name}: not so`);
      if (await lookAfter(world, tenant, last)) tenants.giveBack(tenant);
      else tenants.retire(tenant);
    },
  };
}
