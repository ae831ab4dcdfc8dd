import { stepRule, stepsOf, type OperationKind } from '../operations/kinds';
import type { Step } from '../operations/steps';

/** Steps that wait for people or for an agreed date. Their duration says nothing about the next operation, so it is never estimated. */
const WAITING_STEPS: readonly Step[] = ['grace', 'legal-hold'];

/** Whether the step only waits for people or for an agreed date. */
export function isWait(step: Step): boolean {
  return WAITING_STEPS.includes(step);
}

/** The steps of a kind by level. A run begins a level once all steps of the level before it have ended. */
export function levelsOf(kind: OperationKind): Step[][] {
  const depths = new Map<Step, number>();
  const depthOf = (step: Step): number => {
    const known = depths.get(step);
    if (known !== undefined) return known;
    const depth = Math.max(-1, ...stepRule(kind, step).needs.map(depthOf)) + 1;
    depths.set(step, depth);
    return depth;
  };
  const levels: Step[][] = [];
  for (const step of stepsOf(kind)) (levels[depthOf(step)] ??= []).push(step);
  return levels;
}
