import { setTimeout as sleep } from 'node:timers/promises';
import { STEPS } from '../../../contract/operations/steps';
import { aim } from '../plan/aim';
import type { Call } from '../plan/calls/call';
import { callsOf } from '../plan/calls/calls';
import { REGION } from '../proxies/lines';
import { approve, failLate, orderWaiting, recovered, within, type Scenario, type World } from './scenario';

/** Longer than all attempts of a step together, and shorter than the outage time of a template. */
const OUTAGE_MS = 60_000;

/** Time limit for the slowest tenant to reach its step. */
const ARRIVAL_MS = 180_000;

/** Everything the product depends on, by its name in the stack. SIGQUIT stops PostgreSQL as a crash does. */
const SERVERS: { name: string; server: string; signal?: NodeJS.Signals }[] = [
  { name: 'the registry’s PostgreSQL', server: 'postgres.registry', signal: 'SIGQUIT' },
  { name: 'the region’s PostgreSQL', server: `postgres.${REGION}`, signal: 'SIGQUIT' },
  { name: 'the object store', server: `s3.${REGION}` },
  { name: 'Keycloak', server: 'keycloak' },
  { name: 'Stripe’s server', server: 'stripe' },
  { name: 'the mail server', server: 'mail' },
  { name: 'Temporal', server: 'temporal' },
];

/** Each server is down for a minute while a tenant is in each step, and another in the undo of each. */
export function outageScenarios(): Scenario[] {
  return SERVERS.map(({ name: who, server, signal }): Scenario => {
    const name = `${who} down for ${OUTAGE_MS / 1000} s`;
    return {
      name,
      kind: 'an outage',
      seconds: 130,
      alone: true,
      run: async (world) => {
        world.journal.plan(name);
        const { lines, stack } = world.system;
        const held = await holdInEachStep(world, name);
        await stack.kill(server, signal);
        lines.heal();
        await sleep(OUTAGE_MS);
        await stack.restart(server);
        const missed = held.filter(({ rule }) => rule.met === 0);
        for (const { call } of missed) world.say(`${name}: ${call.name} was not reached`);
        if (missed.length < held.length) world.journal.fire(name);
        await recovered(
          world,
          name,
          held.map(({ run }) => run),
        );
      },
    };
  });
}

/** One tenant before a call of each step, and one before a call of each undo. */
async function holdInEachStep(world: World, name: string) {
  const held = await Promise.all(
    oneOfEach().map(async (call) => {
      const run = await orderWaiting(world, `${name}: ${call.name}`, call.plan, call.undo ? { fatal: true } : {});
      if (call.undo) failLate(world, run);
      // Every attempt of the call is held, so that the tenant stays in the step until the server is down.
      return { call, run, rule: aim(world.system.lines, run, call, { does: 'hold' }) };
    }),
  );
  await Promise.all(held.map(({ run }) => approve(world, run)));
  await within(ARRIVAL_MS, ...held.map(({ rule }) => rule.hit));
  return held;
}

function oneOfEach(): Call[] {
  return [false, true].flatMap((undo) =>
    STEPS.flatMap((step) => callsOf('provision').find((call) => call.step === step && call.undo === undo) ?? []),
  );
}
