import type { Forecast, OperationFacts } from '../../contract/estimates/forecast';
import type { Operation } from '../../contract/schemas/operation-schema';
import type { ReadOperation } from '../../registry/views/operations';

/** What an estimate needs to know of an operation. */
export function factsOf({ row, operation, attempts }: ReadOperation): OperationFacts {
  const { required, state } = operation.approval;
  const toDecide = required.length > 0 && !['approved', 'withdrawn'].includes(state);
  return {
    ...row,
    needsApproval: toDecide && ['pending', 'validating', 'awaiting_approval'].includes(row.status),
    approvedAt: row.decidedAt ?? undefined,
    maximumAttempts: row.maximumAttempts ?? undefined,
    steps: operation.steps.map(({ id, state, startedAt, endedAt }) => ({
      id,
      state,
      startedAt: time(startedAt),
      endedAt: time(endedAt),
    })),
    attempts,
  };
}

/** The operation with its forecast. */
export function withForecast({ operation }: ReadOperation, { estimate, paces }: Forecast): Operation {
  const { result } = operation;
  return {
    ...operation,
    steps: operation.steps.map((step) => {
      const progress = paces.get(step.id);
      return progress ? { ...step, progress } : step;
    }),
    ...(estimate ? { estimate } : {}),
    ...(result ? { result: { ...result, ...completion(estimate?.likelyAt) } } : {}),
  };
}

function completion(estimatedCompletionTime: string | undefined): { estimatedCompletionTime?: string } {
  return estimatedCompletionTime === undefined ? {} : { estimatedCompletionTime };
}

function time(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}
