import type { Patience } from '../../contract/operations/messages';
import type { Step, StepState } from '../../contract/operations/steps';

/** Input of every activity that belongs to a step. */
export interface StepInput {
  operationId: string;
  step: Step;
  patience?: Patience;
}

/** A step's state, as the run last knew it. */
export interface StepReport {
  id: Step;
  state: StepState;
}
