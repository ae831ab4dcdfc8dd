import { setTimeout as sleep } from 'node:timers/promises';
import { operationWorkflowId } from '../../../contract/messages';
import { listResources } from '../../../registry/ledger';
import type { Rule } from '../../helpers/fault-proxy';
import type { FaultRun } from '../journal';
import { aim } from '../plan/aim';
import { CALLS, type Call } from '../plan/calls';
import { approve, failLate, orderWaiting, recovered, within, type Scenario, type World } from './scenario';

/**
 * Where the worker is when it is killed:
 * a: before the call leaves; b: the provider has done it, and we have not heard; c: we have heard, and Temporal has not heard from us; d: the
 * step is over, and the next has not begun.
 */
export type KillPoint = 'a' | 'b' | 'c' | 'd';

/** How many tenants one kill meets: as many as reach their points before the first of them gives up waiting. */
const BATCH = 8;

/** How often a point is tried to be reached. */
const TURNS = 3;

const MEANING: Record<KillPoint, string> = {
  a: 'before the call leaves',
  b: 'after the effect, before we hear',
  c: 'after hearing, before completion is recorded',
  d: 'between steps',
};

/** SIGKILL at every point of every call of every step and compensation, several tenants a kill. */
export function killScenarios(): Scenario[] {
  const points: KillPoint[] = ['a', 'b', 'c', 'd'];
  return points.flatMap((point) => {
    const calls = CALLS.filter((call) => point === 'a' || point === 'b' || reports(call));
    // Dealt out like cards, so that each batch has calls of the whole way.
    const count = Math.ceil(calls.length / BATCH);
    return Array.from({ length: count }, (_, batch) =>
      killScenario(
        point,
        calls.filter((_call, index) => index % count === batch),
        batch,
      ),
    );
  });
}

/** Whether a call belongs to an activity of its own run; c and d are about its completion. */
function reports({ name }: Call): boolean {
  return name !== 'conclude';
}

function killScenario(point: KillPoint, calls: Call[], batch: number): Scenario {
  const name = `SIGKILL of the worker, ${MEANING[point]} (batch ${batch + 1})`;
  return {
    name,
    // A sample has one of those where nothing is lost between two parties, and one of those where something is.
    kind: point === 'a' || point === 'd' ? 'kill with nothing under way' : 'kill with something under way',
    seconds: 38,
    alone: true,
    run: async (world) => {
      for (const call of calls) world.journal.plan(faultName(point, call));
      let left = calls;
      // On a busy machine the first of them has given up before the last has arrived; with fewer at once they all arrive.
      for (let turn = 1; turn <= TURNS && left.length > 0; turn++) left = await killOnce(world, name, point, left);
      for (const call of left) world.say(`${name}: ${call.name} was not reached`);
    },
  };
}

/** One kill; answers the calls whose point was not reached. */
async function killOnce(world: World, name: string, point: KillPoint, calls: Call[]): Promise<Call[]> {
  const aimed = await takeAim(world, name, point, calls);
  const { system, journal } = world;
  try {
    await reachPoint(world, point, aimed);
    await system.product.kill('worker');
  } finally {
    system.lines.heal();
  }
  for (const { call, reached } of aimed) if (reached) journal.fire(faultName(point, call));
  await system.product.restart('worker');
  await recovered(
    world,
    name,
    aimed.map(({ run }) => run),
  );
  return aimed.filter(({ reached }) => !reached).map(({ call }) => call);
}

function faultName(point: KillPoint, { step, undo }: Call): string {
  return `kill point ${point}: ${undo ? 'compensation of ' : ''}${step}`;
}

interface Aimed {
  call: Call;
  run: FaultRun;
  rule: Rule;
  reached: boolean;
}

async function takeAim(world: World, name: string, point: KillPoint, calls: Call[]): Promise<Aimed[]> {
  const does = { a: 'hold', b: 'mute', c: 'withhold', d: 'withhold' } as const;
  return Promise.all(
    calls.map(async (call) => {
      const run = await orderWaiting(world, `${name}: ${call.name}`, call.plan, call.undo ? { fatal: true } : {});
      if (call.undo) failLate(world, run);
      const rule = aim(world.system.lines, run, call, { does: does[point] });
      return { call, run, rule, reached: false };
    }),
  );
}

/** Lets all tenants go until each is where it is wanted: those with the longest way first. */
async function reachPoint(world: World, point: KillPoint, aimed: Aimed[]): Promise<void> {
  const isDeep = ({ call }: Aimed): boolean => call.undo || ['verify', 'finalize'].includes(call.step);
  for (const wave of [aimed.filter(isDeep), aimed.filter((each) => !isDeep(each))]) {
    await Promise.all(wave.map(({ run }) => approve(world, run)));
    await within(30_000, ...wave.map(({ rule }) => rule.hit));
  }
  if (point === 'a' || point === 'b') {
    for (const each of aimed) each.reached = each.rule.met > 0;
    return;
  }
  const { lines } = world.system;
  const before = await Promise.all(aimed.map(({ run }) => pending(world, run)));
  lines.temporal.pause(point === 'c' ? 'up' : 'down');
  for (const { rule } of aimed) rule.release();
  const arrived = aimed.map(async (each, index) => {
    if (each.rule.met === 0) return;
    const there = point === 'c' ? () => isRecorded(world, each) : () => isOver(world, each, before[index]!);
    for (const deadline = Date.now() + 8_000; !each.reached && Date.now() < deadline; await sleep(100))
      each.reached = await there();
  });
  await Promise.all(arrived);
  // The completion has left the worker's memory and is nowhere else; nothing outside can tell when.
  if (point === 'c') await sleep(300);
}

/** c: the ledger has the outcome, where the step has rows; the message to Temporal is on a line that carries nothing. */
async function isRecorded({ system: { product } }: World, { call, run }: Aimed): Promise<boolean> {
  const rows = (await listResources(product.registry, run.tenantId)).filter(({ step }) => step === call.step);
  return rows.every(({ state }) => state === (call.undo ? 'absent' : 'present'));
}

/** d: Temporal no longer waits for the activity. */
async function isOver(world: World, { run }: Aimed, before: string[]): Promise<boolean> {
  const now = await pending(world, run);
  return before.length > 0 && before.some((activity) => !now.includes(activity));
}

async function pending({ system: { product } }: World, { operationId }: FaultRun): Promise<string[]> {
  const { raw } = await product.temporal.workflow.getHandle(operationWorkflowId(operationId)).describe();
  return (raw.pendingActivities ?? []).map(({ activityId }) => activityId ?? '');
}
