import type { OperationKind } from '../../../contract/operations/kinds';
import { aim } from '../plan/aim';
import type { Call } from '../plan/calls/call';
import { callsOf } from '../plan/calls/calls';
import { faultsFor, type AimedFault } from '../plan/faults';
import { CHANGES_AT_ONCE, faultOf, isChange, prepare } from './subject';
import { SECONDS_OF_A_TENANT } from './changes/tenants';
import { failLate, OUTCOME_MS, recovered, within, type Scenario } from './scenario';

/** Every call of every step and compensation of a kind of operation, or those that suit, each with every fault that applies to it. */
export function aimedScenarios(kind: OperationKind, suits: (call: Call) => boolean = () => true): Scenario[] {
  return callsOf(kind)
    .filter(suits)
    .flatMap((call) => faultsFor(call).map((fault) => aimedScenario(call, fault)));
}

function aimedScenario(call: Call, fault: AimedFault): Scenario {
  const name = isChange(call.kind) ? `${call.kind}: ${fault.kind}: ${call.name}` : `${fault.kind}: ${call.name}`;
  const faultName = faultOf(fault.kind, call.kind);
  return {
    name,
    // A sample has each fault of a provisioning, and one fault of each change.
    kind: isChange(call.kind) ? `a fault (${call.kind})` : fault.kind,
    seconds: isChange(call.kind) ? 1 + SECONDS_OF_A_TENANT : 2.2,
    alone: false,
    ...(isChange(call.kind) ? { atOnce: CHANGES_AT_ONCE } : {}),
    run: async (world) => {
      const { journal, system } = world;
      journal.plan(faultName);
      const fatal = call.undo || fault.fatal === true;
      const prepared = await prepare(world, name, call, fatal ? { fatal } : {});
      const { run } = prepared;
      const failing = call.undo ? failLate(world, run) : undefined;
      const rule = aim(system.lines, run, call, fault);
      await prepared.begin();
      await recovered(world, name, [run]);
      // The call comes only after the tenant is active.
      if (call.afterPivot) await within(OUTCOME_MS, rule.hit);
      if (rule.met > 0) journal.fire(faultName);
      else world.say(`${name}: never met`);
      rule.release();
      failing?.release();
      await prepared.finish();
    },
  };
}
