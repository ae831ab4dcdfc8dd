import type { StepState } from '../../contract/steps';
import type { DemoRow } from './run-demo';
import { failedStep } from './table';

/** States worth a line of their own; that a step has begun is not, because its end comes soon. */
const TOLD: readonly StepState[] = ['done', 'failed', 'compensated'];

/** For output that is not a terminal: gives, look after look, a line for each thing that has changed. */
export class ChangeLines {
  readonly #seen = new Map<string, string>();

  next(rows: readonly DemoRow[]): string[] {
    return rows.flatMap(({ operation }) => {
      const { operationId, tenantName = operationId, plan, status, steps, failure } = operation;
      const lines = steps
        // As in the table, the step that failed stays failed when it is undone; that it has failed is told with the reason below.
        .filter(
          ({ id, state }) => id !== failure?.step && TOLD.includes(state) && this.#isNew(`${operationId} ${id}`, state),
        )
        .map(({ id, state }) => `${tenantName}: ${id} ${state === 'compensated' ? 'undone' : state}`);
      if (failure && this.#isNew(`${operationId} failure`, failure.step))
        lines.push(`${tenantName}: ${failedStep(failure)}`);
      if (this.#isNew(operationId, status)) lines.push(`${tenantName} (${plan}): ${status}`);
      return lines;
    });
  }

  #isNew(key: string, value: string): boolean {
    if (this.#seen.get(key) === value) return false;
    this.#seen.set(key, value);
    return true;
  }
}
