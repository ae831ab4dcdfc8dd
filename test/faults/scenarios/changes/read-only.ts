import { aim } from '../../plan/aim';
import type { Call } from '../../plan/calls/call';
import { readOnlyCalls } from '../../plan/calls/access';
import { faultsFor, type AimedFault } from '../../plan/faults';
import { recovered, type Scenario } from '../scenario';
import { CHANGES_AT_ONCE, prepareChange } from '../subject';
import { SECONDS_OF_A_TENANT, tenantsOf } from './tenants';

/** Suspensions that leave what is there to be read, with every fault at every request, each with the resumption that follows. */
export function readOnlyScenarios(): Scenario[] {
  return readOnlyCalls().flatMap((call) => faultsFor(call).map((fault) => readOnlyScenario(call, fault)));
}

function readOnlyScenario(call: Call, fault: AimedFault): Scenario {
  const name = `suspend, read-only: ${fault.kind}: ${call.name}`;
  const faultName = `${fault.kind} (suspend, read-only)`;
  return {
    name,
    kind: 'a read-only suspension',
    seconds: 3 + SECONDS_OF_A_TENANT,
    alone: false,
    atOnce: CHANGES_AT_ONCE,
    run: async (world) => {
      const { journal, system } = world;
      journal.plan(faultName);
      const tenants = tenantsOf(world);
      const tenant = await tenants.take(call.plan, ['active']);
      const keeping = { ...tenants, giveBack: () => undefined };
      const body = { reason: 'non_payment', readOnly: true };
      const fatal = fault.fatal === true ? { fatal: true } : {};
      const suspension = prepareChange(
        world,
        { scenario: name, kind: 'suspend', ...fatal },
        { tenant, tenants: keeping, body },
      );
      const rule = aim(system.lines, suspension.run, call, fault);
      await suspension.begin();
      await recovered(world, name, [suspension.run]);
      if (rule.met > 0) journal.fire(faultName);
      else world.say(`${name}: never met`);
      rule.release();
      await suspension.finish();
      if (tenant.state !== 'read-only') return tenants.giveBack(tenant);
      const resumption = prepareChange(world, { scenario: name, kind: 'resume' }, { tenant, tenants });
      await resumption.begin();
      await recovered(world, name, [resumption.run]);
      await resumption.finish();
    },
  };
}
