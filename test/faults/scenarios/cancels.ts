import { aim } from '../plan/aim';
import type { OperationKind } from '../../../contract/operations/kinds';
import { isHttp, type Call } from '../plan/calls/call';
import { callNamed, callsOf } from '../plan/calls/calls';
import { SECONDS_OF_A_TENANT } from './changes/tenants';
import { approve, failLate, orderWaiting, recovered, within, type Scenario, type World } from './scenario';
import type { FaultRun } from '../journal';
import { CHANGES_AT_ONCE, faultOf, isChange, prepare } from './subject';

/** A cancel of a provisioning during each step's call, during the undo, and after the pivot. */
export function cancelScenarios(): Scenario[] {
  return [...cancelsDuring('provision'), cancelWaiting(), cancelUndo(), cancelAfterPivot(), cancelTwice()];
}

/** Calls whose transaction has the operation's row: the API answers 503 to a cancel that waits for it. */
const HOLDS_THE_OPERATION = ['note the region', 'enter the grace period'];

/** A cancel during each call of an operation of this kind before its pivot. */
export function cancelsDuring(kind: OperationKind): Scenario[] {
  return callsOf(kind)
    .filter((call) => !call.undo && !call.afterPivot && !['finalize', 'legal-hold'].includes(call.step))
    .filter(({ name }) => !HOLDS_THE_OPERATION.includes(name))
    .map((call) => cancelAt(call));
}

function cancelAt(call: Call): Scenario {
  // The call reaches the provider after the cancel and its caller's time-out: the fence has to undo what it makes.
  const late = isHttp(call) && call.step !== 'verify';
  const fault = faultOf(late ? 'cancel with a late success' : 'cancel during a step', call.kind);
  const name = `cancel during: ${isChange(call.kind) ? `${call.kind}: ` : ''}${call.name}`;
  return {
    ...cancelScenario(fault, name, async (world) => {
      const prepared = await prepare(world, name, call);
      const { run } = prepared;
      const rule = aim(world.system.lines, run, call, { does: late ? { of: 'request', ms: 3_000 } : 'hold', times: 1 });
      await prepared.begin();
      const hit = await within(60_000, rule.hit);
      const answer = await cancel(world, run);
      run.cancelled = answer === 202;
      rule.release();
      if (!hit || !run.cancelled) world.say(`${name}: reached ${hit}, the cancel was answered ${answer}`);
      return { run, fired: hit && run.cancelled, finish: () => prepared.finish() };
    }),
    ...(isChange(call.kind)
      ? { kind: `a cancel (${call.kind})`, seconds: 2 + SECONDS_OF_A_TENANT, atOnce: CHANGES_AT_ONCE }
      : {}),
  };
}

function cancelWaiting(): Scenario {
  const name = 'cancel while an approver is waited for';
  return cancelScenario(name, name, async (world) => {
    const run = await orderWaiting(world, name);
    run.cancelled = (await cancel(world, run)) === 202;
    return { run, fired: run.cancelled };
  });
}

function cancelTwice(): Scenario {
  const name = 'cancel sent 10 times at once';
  return cancelScenario(name, name, async (world) => {
    const run = await orderWaiting(world, name);
    const answers = await Promise.all(Array.from({ length: 10 }, () => cancel(world, run)));
    run.cancelled = answers.includes(202);
    world.journal.expect(
      'I1',
      name,
      answers.every((status) => [202, 409].includes(status)),
      `answered ${answers.join(', ')}`,
    );
    return { run, fired: run.cancelled };
  });
}

function cancelUndo(): Scenario {
  const name = 'cancel during compensation';
  return cancelScenario(name, name, async (world) => {
    const run = await orderWaiting(world, name, 'starter', { fatal: true });
    failLate(world, run);
    const undo = callNamed('provision', 'delete the bucket');
    const rule = aim(world.system.lines, run, undo, { does: 'hold', times: 1 });
    await approve(world, run);
    const hit = await within(60_000, rule.hit);
    const status = await cancel(world, run);
    world.journal.expect('I7', name, status === 409, `answered ${status}, not 409`);
    rule.release();
    return { run, fired: hit };
  });
}

function cancelAfterPivot(): Scenario {
  const name = 'cancel after the pivot';
  return cancelScenario(name, name, async (world) => {
    const run = await orderWaiting(world, name);
    const charge = callNamed('provision', 'charge');
    const rule = aim(world.system.lines, run, charge, { does: 'hold', times: 1 });
    await approve(world, run);
    const hit = await within(60_000, rule.hit);
    const status = await cancel(world, run);
    world.journal.expect('I7', name, status === 409, `answered ${status}, not 409`);
    rule.release();
    return { run, fired: hit };
  });
}

function cancelScenario(
  kind: string,
  name: string,
  work: (world: World) => Promise<{ run: FaultRun; fired: boolean; finish?(): Promise<void> }>,
): Scenario {
  return {
    name,
    kind,
    seconds: 2,
    alone: false,
    run: async (world) => {
      world.journal.plan(kind);
      const { run, fired, finish } = await work(world);
      if (fired) world.journal.fire(kind);
      await recovered(world, name, [run]);
      await finish?.();
    },
  };
}

/** Asks to cancel an operation; resolves with the answer's status. */
export async function cancel({ system: { product } }: World, { operationId, kind }: FaultRun): Promise<number> {
  // Only an operator may cancel what another caller has asked for.
  return (
    await product.call(kind === undefined ? 'signup' : 'operator', 'POST', `/v1/operations/${operationId}/cancel`)
  ).status;
}
