import { setTimeout as sleep } from 'node:timers/promises';
import { operationWorkflowId } from '../../../contract/messages';
import { aim } from '../plan/aim';
import { CALLS, isAfterPivot, type Call } from '../plan/calls';
import { approve, failLate, orderWaiting, recovered, within, type Scenario, type World } from './scenario';

/** What the sweeper of the product under test is told, so that it need not be waited for long. In seconds. */
export const SWEEP_SETTINGS = { SWEEP_GRACE_SECONDS: '3', SWEEP_LEASE_SECONDS: '10', SWEEP_INTERVAL_MINUTES: '0' };

/** Runs that nobody executes any more, found and ended by the sweeper; and a sweeper that leaves alone what is alive. */
export function sweepScenarios(): Scenario[] {
  const last = new Map<string, Call>();
  for (const call of CALLS) if (call.plan === 'starter') last.set(`${call.step} ${call.undo}`, call);
  return [terminateScenario([...last.values()].filter((call) => !isAfterPivot(call))), raceScenario()];
}

/** Temporal's terminate runs no cleanup: all of it is the sweeper's. */
function terminateScenario(calls: Call[]): Scenario {
  const name = 'terminate at every step';
  return {
    name,
    kind: 'terminate',
    seconds: 35,
    alone: true,
    run: async (world) => {
      const { system, journal } = world;
      const runs = await Promise.all(
        calls.map(async (call) => {
          const fault = `terminate: ${call.undo ? 'compensation of ' : ''}${call.step}`;
          journal.plan(fault);
          const run = await orderWaiting(world, `${name}: ${call.name}`, 'starter', call.undo ? { fatal: true } : {});
          if (call.undo) failLate(world, run);
          const rule = aim(system.lines, run, call, { does: 'hold', times: 1 });
          await approve(world, run);
          if (await within(60_000, rule.hit)) journal.fire(fault);
          await system.product.temporal.workflow.getHandle(operationWorkflowId(run.operationId)).terminate('a test');
          rule.release();
          return run;
        }),
      );
      await sweepUntil(
        world,
        runs.map(({ operationId }) => operationId),
      );
      await recovered(world, name, runs);
    },
  };
}

/** Two sweeps at once while tenants are being made: nothing of them is touched. */
function raceScenario(): Scenario {
  const name = 'sweepers racing live runs';
  return {
    name,
    kind: name,
    seconds: 8,
    alone: true,
    run: async (world) => {
      world.journal.plan(name);
      const runs = await Promise.all(Array.from({ length: 4 }, () => orderWaiting(world, name)));
      await Promise.all(runs.map((run) => approve(world, run)));
      const answers = await Promise.all([sweep(world), sweep(world), sweep(world)]);
      if (answers.some((done) => done)) world.journal.fire(name);
      await recovered(world, name, runs);
      for (const { operationId } of runs) {
        const { status } = await world.system.product.operation(operationId);
        world.journal.expect('I5', name, status === 'active', `${operationId} was alive and is ${status}`);
      }
    },
  };
}

/** Sweeps again and again until the runs have their outcomes, for as long as a lease and a grace may take, and some. */
async function sweepUntil(world: World, operationIds: string[]): Promise<void> {
  const { product } = world.system;
  for (const deadline = Date.now() + 120_000; Date.now() < deadline; await sleep(2_000)) {
    await sweep(world);
    const { rows } = await product.registry.query(
      `select from operation where operation_id = any($1) and completed_at is null and status <> 'needs_operator'`,
      [operationIds],
    );
    if (rows.length === 0) return;
  }
}

/** One sweep to its end; whether it was done. */
async function sweep({ system: { product } }: World): Promise<boolean> {
  const { status, body } = await product.call('operator', 'POST', '/v1/sweeps', { dryRun: false });
  if (status !== 202) return false;
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(250)) {
    const answer = await product.call('operator', 'GET', `/v1/sweeps/${body.sweepId as string}`);
    if (answer.body.state !== 'running') return answer.body.state === 'done';
  }
  return false;
}
