import { rulesOf } from '../../../../contract/operations/kinds';
import { hasEnded } from '../../../../contract/operations/states';
import type { Operation } from '../../../../contract/schemas/operation-schema';
import { aim } from '../../plan/aim';
import { callNamed, type AccessChange } from '../../plan/calls/calls';
import { impatientApi, resolve } from '../operators';
import { failLate, OUTCOME_MS, outcomes, recovered, type Scenario, type World } from '../scenario';
import { CHANGES_AT_ONCE, faultOf, prepareChange, type Prepared } from '../subject';
import { provision, SECONDS_OF_A_TENANT, tenantsOf } from './tenants';

/** Requests of the undo, or of a removal past its pivot, whose refusal leaves something behind. */
const STUBBORN: Record<AccessChange, readonly string[]> = {
  suspend: ['open the bucket again', 'open the organization again', 'open the subscription again'],
  resume: ['close the bucket again', 'close the organization again', 'close the subscription again'],
  deprovision: ['delete the bucket', 'delete the organization', 'delete the customer'],
};

/** Changes that wait for an operator: because a step was refused and the run is held, or because its undo was refused. */
export function operatorScenariosOf(kind: AccessChange): Scenario[] {
  const [first] = STUBBORN[kind];
  return [
    ...STUBBORN[kind].map((name) => retryScenario(kind, name)),
    acceptScenario(kind, first!),
    racingScenario(kind, first!),
    ...(kind === 'suspend' ? [heldScenario()] : []),
  ];
}

function retryScenario(kind: AccessChange, call: string): Scenario {
  const fault = faultOf('retry by an operator', kind);
  return scenario(kind, fault, `${fault}: ${call}`, async (world, name) => {
    const { prepared, mend } = await stuck(world, kind, { name, call });
    mend();
    const { run } = prepared;
    const status = await resolve(world, run, { verb: 'retry', reason: 'The provider works again.' });
    await recovered(world, name, [run]);
    const end = kind === 'deprovision' ? 'completed' : 'failed';
    await world.system.product.until(run.operationId, (operation) => operation.status === end, OUTCOME_MS);
    await prepared.finish();
    return status === 202;
  });
}

function acceptScenario(kind: AccessChange, call: string): Scenario {
  const fault = faultOf('leftovers accepted by an operator', kind);
  return scenario(kind, fault, fault, async (world, name) => {
    const { prepared, leftovers } = await stuck(world, kind, { name, call });
    const { run } = prepared;
    const status = await resolve(world, run, { verb: 'accept', leftovers, reason: 'Opened by hand next week.' });
    run.accepted = true;
    await world.system.product.until(run.operationId, (now) => hasEnded(now.status), OUTCOME_MS);
    await prepared.finish();
    return status === 202;
  });
}

/** Two operators decide differently at the same moment: one wins, and the other is told. */
function racingScenario(kind: AccessChange, call: string): Scenario {
  const fault = faultOf('two operators racing', kind);
  return scenario(kind, fault, fault, async (world, name) => {
    const { prepared, leftovers, mend } = await stuck(world, kind, { name, call });
    mend();
    const { run } = prepared;
    const answers = await Promise.all([
      resolve(world, run, { verb: 'retry', reason: 'One thinks so.' }),
      resolve(world, run, { verb: 'accept', leftovers, reason: 'The other thinks otherwise.' }),
    ]);
    run.accepted = answers[1] === 202;
    const heard = [...answers].sort().join(', ');
    world.journal.expect('I9', name, heard === '202, 409', `the two were answered ${heard}`);
    await world.system.product.until(run.operationId, (now) => hasEnded(now.status), OUTCOME_MS);
    await prepared.finish();
    return true;
  });
}

/** A suspension is held and retried; then a resumption of the same tenant is held and compensated. */
function heldScenario(): Scenario {
  const fault = 'a permanent failure is held (suspend, resume)';
  return scenario('suspend', fault, fault, async (world, name) => {
    const tenant = await provision(world, 'professional', { recovery: { onPermanentFailure: 'hold' } });
    const { product, lines } = world.system;
    const tenants = { ...tenantsOf(world), giveBack: () => undefined, retire: () => undefined };
    const answers: number[] = [];
    for (const [kind, call, verb] of [
      ['suspend', 'close the subscription', 'retry'],
      ['resume', 'open the organization', 'compensate'],
    ] as const) {
      const about = { scenario: name, kind, ...(verb === 'compensate' ? { fatal: true } : {}) };
      const prepared = prepareChange(world, about, { tenant, tenants });
      const { run } = prepared;
      const refusal = aim(lines, run, callNamed(kind, call), { does: 403 });
      await prepared.begin();
      await product.until(run.operationId, ({ status }) => status === 'on_hold', OUTCOME_MS);
      refusal.release();
      answers.push(await resolve(world, run, { verb, reason: 'Seen to.' }));
      await recovered(world, name, [run]);
      await prepared.finish();
    }
    return answers.every((status) => status === 202);
  });
}

interface Stuck {
  prepared: Prepared;
  /** As an operator names them when accepting them. */
  leftovers: Pick<Operation['leftovers'][number], 'kind' | 'id'>[];
  /** Stops the provider's refusals. */
  mend(): void;
}

/** A change in `needs_operator`, because a request of its undo is refused, or one of a removal. */
async function stuck(world: World, kind: AccessChange, { name, call }: { name: string; call: string }): Promise<Stuck> {
  const tenants = tenantsOf(world);
  const { url: api } = await impatientApi(world);
  const tenant = await tenants.take('starter', rulesOf(kind).from);
  const removes = kind === 'deprovision';
  const about = { scenario: name, kind, ...(removes ? {} : { fatal: true }) };
  const prepared = prepareChange(world, about, { tenant, tenants, api });
  const { run } = prepared;
  const failing = removes ? undefined : failLate(world, run);
  const refusal = aim(world.system.lines, run, callNamed(kind, call), { does: 403 });
  await prepared.begin();
  const [operation] = await outcomes(world, [run]);
  failing?.release();
  const leftovers = operation!.leftovers.map(({ kind: what, id }) => ({ kind: what, id }));
  world.journal.expect('I8', name, operation!.status === 'needs_operator', `it is ${operation!.status}`);
  return { prepared, leftovers, mend: () => refusal.release() };
}

function scenario(
  kind: AccessChange,
  fault: string,
  name: string,
  run: (world: World, name: string) => Promise<boolean>,
): Scenario {
  return {
    name,
    kind: 'an operator decides about a change',
    seconds: 2 + SECONDS_OF_A_TENANT,
    alone: false,
    atOnce: CHANGES_AT_ONCE,
    run: async (world) => {
      world.journal.plan(fault);
      if (await run(world, name)) world.journal.fire(fault);
      else world.say(`${name}: not so`);
    },
  };
}
