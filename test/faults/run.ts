import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import pLimit from 'p-limit';
import pg from 'pg';
import { withoutUnheardErrors } from '../../registry/database';
import { check } from './checker/check';
import { groupBy } from './checker/group-by';
import type { Evidence } from './checker/evidence';
import { gather } from './checker/gather';
import { runControl } from './control/arm';
import { guarded, revive } from './guard';
import { createJournal } from './journal';
import { createDice, estimate, kindsWithout, sample } from './plan/schedule';
import { untilQuiet } from './quiet';
import { judged, type Report } from './report';
import { scenariosFor } from './scenarios';
import { abandonTenants } from './scenarios/changes/tenants';
import { persistently, type Scenario, type World } from './scenarios/scenario';
import { startSystem, type System, type Teardown } from './system';

/** Options of a run. */
export interface RunOptions {
  /** Missing: the full plan. */
  minutes?: number;
  seed: number;
  only?: RegExp;
  control: boolean;
  teardown: Teardown;
  say(text: string): void;
}

/** Concurrent tenants under aimed faults, on two cores. */
const SIDE_BY_SIDE = 8;

/** Brings the system up, runs the plan, waits until no run is active, and judges. */
export async function runFaults({
  minutes,
  seed,
  only,
  control: withControl,
  teardown,
  say,
}: RunOptions): Promise<Report> {
  const started = new Date();
  const build = commit();
  const dice = createDice(seed);
  say(`seed ${seed}`);
  const system = await startSystem(teardown, say);
  say('the system is up');
  const journal = createJournal();
  const world: World = { system, journal, dice, say };
  const { scenarios: all, notRun } = await scenariosFor(system);
  const wanted = all.filter(({ name, kind }) => only === undefined || only.test(name) || only.test(kind));
  const scenarios = minutes === undefined ? wanted : sample(wanted, minutes * 60, dice);
  const planned = estimate(scenarios);
  say(`${scenarios.length} scenarios of ${all.length}, about ${Math.round(planned)} s`);
  const missing = kindsWithout(wanted, scenarios);
  if (missing.length > 0) say(`there is no time for: ${missing.join(', ')}`);
  await runAll(world, scenarios);
  await untilQuiet(system);
  say('all is quiet');
  const patient = patientReader(system, teardown);
  const evidence = await gather(patient, journal);
  const control = withControl ? await runControl(system, { dice, teardown, say }) : { orders: 0, violated: {} };
  say(`the control arm is over: ${JSON.stringify(control.violated)}`);
  const verdicts = await check({ system: patient, journal, evidence, control: control.violated, dice, say });
  const seconds = Math.round((Date.now() - started.getTime()) / 1000);
  say(`took ${seconds} s, estimated ${Math.round(planned)} s`);
  return {
    seed,
    commit: build,
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`,
    started: started.toISOString(),
    seconds,
    extent: minutes ?? (only === undefined ? 'full' : 'part'),
    scenarios: scenarios.length,
    plan: all.length,
    outcomes: countOutcomes(evidence),
    ...judged(verdicts),
    faults: Object.fromEntries([...journal.faults].sort(([a], [b]) => a.localeCompare(b))),
    control,
    notRun,
  };
}

/**
 * The system with a registry that is asked without time limits, and again when it does not answer: from here on nothing is broken, and what is
 * searched for is searched for in everything.
 */
function patientReader(system: System, teardown: Teardown): System {
  const { connectionString } = system.product.registry.options;
  const pool = withoutUnheardErrors(new pg.Pool({ connectionString, max: 10, application_name: 'verdict' }));
  teardown.push(() => pool.end());
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  pool.query = ((...args: unknown[]) => persistently(() => query(...args))) as typeof pool.query;
  return { ...system, product: { ...system.product, registry: pool } };
}

async function runAll(world: World, scenarios: readonly Scenario[]): Promise<void> {
  const attempt = async (scenario: Scenario): Promise<void> => {
    const begun = Date.now();
    try {
      await scenario.run(world);
    } catch (error) {
      world.journal.expect('I14', scenario.name, false, `the scenario broke off: ${String(error)}`);
      world.say(`${scenario.name} broke off: ${String(error)}`);
    }
    world.say(`${scenario.name}: ${((Date.now() - begun) / 1000).toFixed(1)} s`);
  };
  const together = groupBy(
    scenarios.filter(({ alone }) => !alone),
    ({ atOnce = SIDE_BY_SIDE }) => atOnce,
  );
  for (const [atOnce, group] of together) {
    const limit = pLimit(atOnce);
    await guarded(world, Promise.all(group.map((each) => limit(() => attempt(each)))));
    world.system.lines.heal();
    abandonTenants(world);
  }
  for (const scenario of scenarios.filter(({ alone }) => alone)) {
    await attempt(scenario);
    abandonTenants(world);
    await revive(world);
  }
}

function countOutcomes({ accepted }: Evidence): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind, status } of accepted) {
    const outcome = kind === 'provision' ? status : `${kind} ${status}`;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

function commit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    const changes = git('status', '--porcelain') === '' ? '' : '-dirty';
    return `${git('rev-parse', '--short=12', 'HEAD')}${changes}`;
  } catch {
    return 'unknown';
  }
}
