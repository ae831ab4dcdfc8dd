import type { StepState } from '../../contract/operations/steps';
import type { DemoRow } from './run-demo';
import { failedStep } from './table';

/** Step states that get a line of their own. `running` does not, because a step ends soon after it has begun. */
const REPORTED: readonly StepState[] = ['done', 'failed', 'compensated'];

/** Progress for output that is not a terminal: each call returns a line for every change since the previous one. */
export class ChangeLines {
  readonly #seen = new Map<string, string>();

  next(rows: readonly DemoRow[]): string[] {
    return rows.flatMap(({ operation }) => {
      const { operationId, tenantName = operationId, plan, status, steps, failure } = operation;
      const lines = steps
        // As in the table, the failed step stays failed even when it is undone. Its failure is reported below, with the reason.
        .filter(
          ({ id, state }) =>
            id !== failure?.step && REPORTED.includes(state) && this.#isNew(`${operationId} ${id}`, state),
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
