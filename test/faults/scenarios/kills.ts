import { setTimeout as sleep } from 'node:timers/promises';
import { operationWorkflowId } from '../../../contract/operations/messages';
import { listResources } from '../../../registry/ledger/ledger';
import type { Rule } from '../../helpers/providers/fault-proxy';
import type { FaultRun } from '../journal';
import type { Step } from '../../../contract/operations/steps';
import type { OperationKind } from '../../../contract/operations/kinds';
import { aim } from '../plan/aim';
import type { Call } from '../plan/calls/call';
import { callsOf } from '../plan/calls/calls';
import { failLate, recovered, within, type Scenario, type World } from './scenario';
import { faultOf, isChange, prepare, type Prepared } from './subject';

/**
 * Progress of the call when the worker is killed:
 * a: the call has not been sent; b: the provider has executed it, but the worker has no answer; c: the worker has the answer, but Temporal
 * does not know; d: the step has ended, and the next has not begun.
 */
export type KillPoint = 'a' | 'b' | 'c' | 'd';

/** Tenants per kill: as many as can reach their points before the first of them times out. A change has a much shorter way. */
const BATCH = { provisions: 8, changes: 14 };

/** Number of attempts to reach a point. */
const TURNS = 3;

const MEANING: Record<KillPoint, string> = {
  a: 'before the call leaves',
  b: 'after the effect, before we hear',
  c: 'after hearing, before completion is recorded',
  d: 'between steps',
};

/** SIGKILL at every point of every call of every step and compensation of the kinds, several tenants per kill. */
export function killScenarios(...kinds: OperationKind[]): Scenario[] {
  const of = kinds.some(isChange) ? 'changes' : 'provisions';
  const during = of === 'changes' ? ` during ${kinds.join(', ')}` : '';
  const points: KillPoint[] = ['a', 'b', 'c', 'd'];
  return points.flatMap((point) =>
    killBatches(point, kinds).map((calls, batch) => killScenario({ of, during, point }, calls, batch)),
  );
}

/** The calls of each kill at a point, one tenant each. */
export function killBatches(point: KillPoint, kinds: readonly OperationKind[]): Call[][] {
  const calls = kinds
    .flatMap((kind) =>
      callsOf(kind).filter(
        (call, index) =>
          !call.fresh && (point === 'a' || point === 'b' || reports(call)) && isPlanned(kind, point, index),
      ),
    )
    .sort((one, other) => one.plan.localeCompare(other.plan));
  // Dealt out like cards, so that each batch has calls from all steps, and no more tenants of a plan than there are.
  const count = Math.ceil(calls.length / (kinds.some(isChange) ? BATCH.changes : BATCH.provisions));
  return Array.from({ length: count }, (_, batch) => calls.filter((_call, index) => index % count === batch));
}

/** A removal costs a tenant, so each of its calls meets two of the four points. */
function isPlanned(kind: OperationKind, point: KillPoint, index: number): boolean {
  return kind !== 'deprovision' || (point === 'a' || point === 'c') === (index % 2 === 0);
}

/** Whether a call belongs to an activity of its own; points c and d are about its completion. */
function reports({ name }: Call): boolean {
  return name !== 'conclude';
}

function killScenario(
  { of, during, point }: { of: keyof typeof BATCH; during: string; point: KillPoint },
  calls: Call[],
  batch: number,
): Scenario {
  const name = `SIGKILL of the worker${during}, ${MEANING[point]} (batch ${batch + 1})`;
  const way = point === 'a' || point === 'd' ? 'kill with nothing under way' : 'kill with something under way';
  return {
    name,
    // A sample includes one kill with a message in transit and one without, and one during a change.
    kind: of === 'changes' ? 'a change loses its worker or its run' : way,
    seconds: of === 'changes' ? 60 : 45,
    alone: true,
    vital: true,
    run: async (world) => {
      for (const call of calls) world.journal.plan(faultName(point, call));
      let left = calls;
      // On a busy machine the first tenant times out before the last has arrived; in smaller batches all of them arrive.
      for (let turn = 1; turn <= TURNS && left.length > 0; turn++) left = await killOnce(world, name, point, left);
      for (const call of left) world.say(`${name}: ${call.name} was not reached`);
    },
  };
}

/** Performs one kill and returns the calls whose point was not reached. */
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
  await Promise.all(aimed.map(({ prepared }) => prepared.finish()));
  return aimed.filter(({ reached }) => !reached).map(({ call }) => call);
}

function faultName(point: KillPoint, { kind, step, undo }: Call): string {
  return `${faultOf(`kill point ${point}`, kind)}: ${undo ? 'compensation of ' : ''}${step}`;
}

interface Aimed {
  call: Call;
  prepared: Prepared;
  run: FaultRun;
  rule: Rule;
  reached: boolean;
}

async function takeAim(world: World, name: string, point: KillPoint, calls: Call[]): Promise<Aimed[]> {
  const does = { a: 'hold', b: 'mute', c: 'withhold', d: 'withhold' } as const;
  return Promise.all(
    calls.map(async (call) => {
      const prepared = await prepare(world, `${name}: ${call.name}`, call, call.undo ? { fatal: true } : {});
      const { run } = prepared;
      if (call.undo) failLate(world, run);
      const rule = aim(world.system.lines, run, call, { does: does[point] });
      return { call, prepared, run, rule, reached: false };
    }),
  );
}

/** Steps with the longest way. */
const DEEP: readonly Step[] = ['verify', 'export', 'grace', 'legal-hold', 'remove', 'prove', 'finalize'];

/** Lets all tenants proceed to their points, those with the longest way first. */
async function reachPoint(world: World, point: KillPoint, aimed: Aimed[]): Promise<void> {
  const isDeep = ({ call }: Aimed): boolean => call.undo || DEEP.includes(call.step);
  for (const wave of [aimed.filter(isDeep), aimed.filter((each) => !isDeep(each))]) {
    await Promise.all(wave.map(({ prepared }) => prepared.begin()));
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
  // The completion has left the worker's memory but is not stored anywhere; nothing outside can tell when.
  if (point === 'c') await sleep(300);
}

/** c: the ledger has the outcome, where the step has rows; the message to Temporal is stuck on the paused line. */
async function isRecorded({ system: { product } }: World, { call, run }: Aimed): Promise<boolean> {
  const { step: own, of = own, undo, kind } = call;
  const rows = (await listResources(product.registry, run.tenantId)).filter(({ step }) => step === of);
  const removes = (undo && kind === 'provision') || call.of !== undefined;
  const done = removes ? 'absent' : 'present';
  return rows.every(({ state }) => state === done);
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
