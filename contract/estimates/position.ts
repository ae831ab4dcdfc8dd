import type { OperationKind } from '../operations/kinds';
import type { Step, StepState } from '../operations/steps';
import { isWait, levelsOf } from './levels';
import { latest } from './past-run';

/** What is recorded of a step. */
export interface StepFacts {
  id: Step;
  state: StepState;
  startedAt?: Date | undefined;
  endedAt?: Date | undefined;
}

/** How far an operation has come. */
export interface Position {
  /** Steps of the level in progress that have not ended. */
  open: Step[];
  /** When the level in progress began: when the last step before it ended, or when people let the run go on. */
  since: Date;
  /** Steps of the levels that have not begun, without those that wait. */
  later: Step[];
  /** Whether a step that waits for people or for an agreed date has not ended yet. */
  waitsAhead: boolean;
}

/** The position of an operation that began at `began` and was last let go on by a person at `resumed`. */
export function positionOf(
  kind: OperationKind,
  steps: readonly StepFacts[],
  { began, resumed }: { began: Date; resumed?: Date | undefined },
): Position {
  const facts = new Map(steps.map((step) => [step.id, step]));
  const levels = levelsOf(kind);
  const unfinished = (level: Step[]): Step[] => level.filter((step) => !isOver(facts.get(step)?.state));
  const current = levels.findIndex((level) => unfinished(level).length > 0);
  const ahead = current < 0 ? [] : levels.slice(current).flatMap(unfinished);
  const before = current < 0 ? levels : levels.slice(0, current);
  const open = current < 0 ? [] : unfinished(levels[current]!).filter((step) => !isWait(step));
  return {
    open,
    since: latest(began, resumed, ...before.flat().map((step) => facts.get(step)?.endedAt)),
    later: ahead.filter((step) => !isWait(step) && !open.includes(step)),
    waitsAhead: ahead.some(isWait),
  };
}

function isOver(state: StepState | undefined): boolean {
  return state === 'done' || state === 'skipped';
}
