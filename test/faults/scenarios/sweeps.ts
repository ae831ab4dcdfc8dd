import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { operationWorkflowId } from '../../../contract/operations/messages';
import type { OperationKind } from '../../../contract/operations/kinds';
import { aim } from '../plan/aim';
import type { Call } from '../plan/calls/call';
import { callsOf } from '../plan/calls/calls';
import { SECONDS_OF_A_TENANT } from './changes/tenants';
import { approve, failLate, orderWaiting, recovered, within, type Scenario, type World } from './scenario';
import { faultOf, isChange, prepare } from './subject';

/** Settings that make the sweeper of the tested product act soon. In seconds. */
export const SWEEP_SETTINGS = { SWEEP_GRACE_SECONDS: '3', SWEEP_LEASE_SECONDS: '10', SWEEP_INTERVAL_MINUTES: '0' };

/** Runs that no longer execute are found and ended by the sweeper, and live runs are left alone. */
export function sweepScenarios(): Scenario[] {
  return [terminateScenario('provision'), raceScenario()];
}

/** Temporal's terminate runs no cleanup, so the sweeper has to do all of it. */
export function terminateScenario(kind: OperationKind): Scenario {
  const last = new Map<string, Call>();
  for (const call of callsOf(kind)) if (call.plan === 'starter') last.set(`${call.step} ${call.undo}`, call);
  // Past the pivot of a provisioning only the hand-over is left; past that of a removal, the removal.
  const calls = [...last.values()].filter(({ afterPivot }) => !afterPivot || kind === 'deprovision');
  const name = faultOf('terminate at every step', kind);
  return {
    name,
    kind: isChange(kind) ? 'a change loses its worker or its run' : 'terminate',
    seconds: isChange(kind) ? 45 + calls.length * SECONDS_OF_A_TENANT : 45,
    alone: true,
    run: async (world) => {
      const { system, journal } = world;
      const subjects = await Promise.all(
        calls.map(async (call) => {
          const fault = `${faultOf('terminate', kind)}: ${call.undo ? 'compensation of ' : ''}${call.step}`;
          journal.plan(fault);
          const prepared = await prepare(world, `${name}: ${call.name}`, call, call.undo ? { fatal: true } : {});
          const { run } = prepared;
          if (call.undo) failLate(world, run);
          const rule = aim(system.lines, run, call, { does: 'hold', times: 1 });
          await prepared.begin();
          if (await within(60_000, rule.hit)) journal.fire(fault);
          // A run that ended without its call has nothing left to terminate, and its tenant is still to be given back.
          await system.product.temporal.workflow
            .getHandle(operationWorkflowId(run.operationId))
            .terminate('a test')
            .catch((error: unknown) => {
              if (!(error instanceof WorkflowNotFoundError)) throw error;
            });
          rule.release();
          return prepared;
        }),
      );
      const runs = subjects.map(({ run }) => run);
      await sweepUntil(
        world,
        runs.map(({ operationId }) => operationId),
      );
      await recovered(world, name, runs);
      system.lines.heal();
      await Promise.all(subjects.map((subject) => subject.finish()));
    },
  };
}

/** Two concurrent sweeps while tenants are being made: they touch none of these tenants. */
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

/** Repeats sweeps until the runs have their outcomes, for slightly longer than a lease and a grace period. */
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

/** Runs one sweep to its end; returns whether it was done. */
async function sweep({ system: { product } }: World): Promise<boolean> {
  const { status, body } = await product.call('operator', 'POST', '/v1/sweeps', { dryRun: false });
  if (status !== 202) return false;
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await sleep(250)) {
    const answer = await product.call('operator', 'GET', `/v1/sweeps/${body.sweepId as string}`);
    if (answer.body.state !== 'running') return answer.body.state === 'done';
  }
  return false;
}
