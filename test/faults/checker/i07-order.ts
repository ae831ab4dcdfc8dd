import { STEP_NEEDS, type Step } from '../../../contract/steps';
import { idsOf } from './evidence';
import type { Recorded, RecordedActivity } from './histories';
import { examine, type Verdict } from './invariant';

/** I7: the undo of a step begins when those of all steps that rest on it have settled, and nothing is undone after the pivot. */
export function reverseOrder(recorded: readonly Recorded[]): Verdict {
  return examine(
    recorded,
    ({ activities }) => outOfOrder(activities),
    ({ run }) => idsOf(run),
  );
}

/**
 * What is out of order among the activities of a run, if anything. A step that an operator skipped (`skipped`) is undone on the way to the pivot;
 * no other step may be.
 */
export function outOfOrder(activities: readonly RecordedActivity[], skipped: readonly Step[] = []): string | undefined {
  const undos = activities.filter(({ type, step }) => type === 'compensateStep' && step !== undefined);
  const pivot = activities.find(({ type, completed }) => type === 'activateTenant' && completed);
  const wrong = pivot && undos.find(({ step, scheduled }) => !skipped.includes(step!) || scheduled > pivot.scheduled);
  if (wrong) return `${wrong.step} was undone, and the tenant activated: undone after the pivot, or not skipped`;
  for (const undo of undos)
    for (const other of undos) {
      // A later round of compensation, by an operator, is an order of its own.
      const sameRound =
        other.scheduled < undo.scheduled || !undos.some((each) => each !== undo && each.step === undo.step);
      if (!sameRound || !restsOn(other.step!, undo.step!)) continue;
      if (other.settled === undefined || other.settled > undo.scheduled)
        return `the undo of ${undo.step} began before that of ${other.step}, which rests on it, was over`;
    }
  return undefined;
}

function restsOn(step: Step, on: Step): boolean {
  return STEP_NEEDS[step].some((need) => need === on || restsOn(need, on));
}
