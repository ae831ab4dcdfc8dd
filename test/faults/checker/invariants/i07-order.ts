import { stepRule, type OperationKind } from '../../../../contract/operations/kinds';
import { type Step } from '../../../../contract/operations/steps';
import { idsOf } from '../evidence';
import type { Recorded, RecordedActivity } from '../histories';
import { examine, type Verdict } from '../invariant';

/** The activities that commit a pivot, or that a run begins only past it. */
const PIVOTS = ['activateTenant', 'completeOperation', 'releaseTenantStep'];

/** I7: the undo of a step begins after the undos of all dependent steps have settled, and nothing is undone after the pivot. */
export function reverseOrder(recorded: readonly Recorded[]): Verdict {
  return examine(
    recorded,
    ({ activities, run }) => outOfOrder(activities, [], run.kind),
    ({ run }) => idsOf(run),
  );
}

/**
 * The activities of a run that are out of order, if any. Only a step that an operator skipped (`skipped`) may be undone before the pivot.
 */
export function outOfOrder(
  activities: readonly RecordedActivity[],
  skipped: readonly Step[] = [],
  kind: OperationKind = 'provision',
): string | undefined {
  const undos = activities.filter(({ type, step }) => type === 'compensateStep' && step !== undefined);
  const pivot = activities.find(({ type, completed }) => PIVOTS.includes(type) && completed);
  const wrong = pivot && undos.find(({ step, scheduled }) => !skipped.includes(step!) || scheduled > pivot.scheduled);
  if (wrong) return `${wrong.step} was undone after the pivot, or before it and without being skipped`;
  for (const undo of undos)
    for (const other of undos) {
      // A later round of compensation, by an operator, has an order of its own.
      const sameRound =
        other.scheduled < undo.scheduled || !undos.some((each) => each !== undo && each.step === undo.step);
      if (!sameRound || !restsOn(kind, other.step!, undo.step!)) continue;
      if (other.settled === undefined || other.settled > undo.scheduled)
        return `the undo of ${undo.step} began before that of ${other.step}, which rests on it, was over`;
    }
  return undefined;
}

function restsOn(kind: OperationKind, step: Step, on: Step): boolean {
  return stepRule(kind, step).needs.some((need) => need === on || restsOn(kind, need, on));
}
