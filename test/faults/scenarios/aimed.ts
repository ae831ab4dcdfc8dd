import { aim } from '../plan/aim';
import { CALLS, isAfterPivot, type Call } from '../plan/calls';
import { faultsFor, type AimedFault } from '../plan/faults';
import { approve, failLate, orderWaiting, OUTCOME_MS, recovered, within, type Scenario } from './scenario';

/** Every call of every step and compensation, each met by every fault it can meet. */
export function aimedScenarios(): Scenario[] {
  return CALLS.flatMap((call) => faultsFor(call).map((fault) => aimedScenario(call, fault)));
}

function aimedScenario(call: Call, fault: AimedFault): Scenario {
  const name = `${fault.kind}: ${call.name}`;
  return {
    name,
    kind: fault.kind,
    seconds: typeof fault.does === 'object' || fault.does === 'mute' ? 2.5 : 1.5,
    alone: false,
    run: async (world) => {
      const { journal, system } = world;
      journal.plan(fault.kind);
      const fatal = call.undo || fault.fatal === true;
      const run = await orderWaiting(world, name, call.plan, fatal ? { fatal } : {});
      const failing = call.undo ? failLate(world, run) : undefined;
      const rule = aim(system.lines, run, call, fault);
      await approve(world, run);
      await recovered(world, name, [run]);
      // The tenant is active before this is done.
      if (isAfterPivot(call)) await within(OUTCOME_MS, rule.hit);
      if (rule.met > 0) journal.fire(fault.kind);
      else world.say(`${name}: never met`);
      rule.release();
      failing?.release();
    },
  };
}
