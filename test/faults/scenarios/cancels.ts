import { aim } from '../plan/aim';
import { CALLS, type Call } from '../plan/calls';
import { approve, failLate, orderWaiting, recovered, within, type Scenario, type World } from './scenario';
import type { FaultRun } from '../journal';

/** A cancel while each step's call is under way, in the undo, and after the pivot. */
export function cancelScenarios(): Scenario[] {
  const forward = CALLS.filter(({ undo, step, name }) => !undo && step !== 'finalize' && name !== 'note the region');
  return [...forward.map((call) => cancelAt(call)), cancelWaiting(), cancelUndo(), cancelAfterPivot(), cancelTwice()];
}

function cancelAt(call: Call): Scenario {
  // The call arrives after the cancel, with nobody waiting for it: the fence has to undo what it makes.
  const late = 'path' in call.sight(SAMPLE) && call.step !== 'verify';
  const name = `cancel during: ${call.name}`;
  return cancelScenario(late ? 'cancel with a late success' : 'cancel during a step', name, async (world) => {
    const run = await orderWaiting(world, name, call.plan);
    const rule = aim(world.system.lines, run, call, { does: late ? { of: 'request', ms: 3_000 } : 'hold', times: 1 });
    await approve(world, run);
    const hit = await within(60_000, rule.hit);
    run.cancelled = (await cancel(world, run)) === 202;
    rule.release();
    return { run, fired: hit && run.cancelled };
  });
}

const SAMPLE = { operationId: 'op_x', tenantId: 'a'.repeat(16), order: { adminUser: { email: '' } } } as Parameters<
  Call['sight']
>[0];

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
    const undo = CALLS.find(({ name: what }) => what === 'delete the bucket')!;
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
    const charge = CALLS.find(({ name: what }) => what === 'charge')!;
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
  work: (world: World) => Promise<{ run: FaultRun; fired: boolean }>,
): Scenario {
  return {
    name,
    kind,
    seconds: 2,
    alone: false,
    run: async (world) => {
      world.journal.plan(kind);
      const { run, fired } = await work(world);
      if (fired) world.journal.fire(kind);
      await recovered(world, name, [run]);
    },
  };
}

async function cancel({ system: { product } }: World, { operationId }: FaultRun): Promise<number> {
  return (await product.call('signup', 'POST', `/v1/operations/${operationId}/cancel`)).status;
}
