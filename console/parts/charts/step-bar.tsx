import type { Operation } from '../../../clients/typescript/src/types';

/** The steps of an operation as one bar, a segment for each. It moves only when a step does. */
export function StepBar({ operation: { steps, completed, total } }: { operation: StepBarOperation }) {
  return (
    <span className="step-bar" role="img" aria-label={`${completed} of ${total} steps done`}>
      {steps.map(({ id, label, state }) => (
        <span key={id} data-state={state} title={`${label}: ${state}`} />
      ))}
    </span>
  );
}

type StepBarOperation = Pick<Operation, 'steps' | 'completed' | 'total'>;
