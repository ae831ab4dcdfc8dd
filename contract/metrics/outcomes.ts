import { FAILURES, isFailureType } from '../operations/failures';
import { SUCCESS_STATUSES, type OperationStatus } from '../operations/states';

/**
 * How an operation has ended. `failed`: through a fault of the platform or a provider; `refused`: the order was wrong; `rejected`: no
 * approver approved it; `cancelled`: the caller called it off. Only `succeeded` and `failed` count towards the success objective.
 */
export const OPERATION_OUTCOMES = ['succeeded', 'failed', 'refused', 'rejected', 'cancelled'] as const;

/** One of {@link OPERATION_OUTCOMES}. */
export type OperationOutcome = (typeof OPERATION_OUTCOMES)[number];

/** The outcome of an operation that has ended in this status, for this type of failure. */
export function operationOutcome(status: OperationStatus, failure: string | undefined): OperationOutcome {
  if (SUCCESS_STATUSES.includes(status)) return 'succeeded';
  if (status === 'rejected' || status === 'cancelled') return status;
  return isFailureType(failure) && FAILURES[failure].class === 'user-fault' ? 'refused' : 'failed';
}

/**
 * How a call to a provider has ended. `not-found`: the thing asked for does not exist, which is an answer like any other; `refused`: any other
 * answer that blames the request; `throttled`: the provider asked us to slow down; `error`: the provider reported a fault of its own;
 * `unreachable`: no connection; `no-answer`: it was sent, and no answer came in time; `abandoned`: we gave up, because the activity was
 * cancelled; `unknown`: none of these.
 */
export const CALL_OUTCOMES = [
  'ok',
  'not-found',
  'refused',
  'throttled',
  'error',
  'unreachable',
  'no-answer',
  'abandoned',
  'unknown',
] as const;

/** One of {@link CALL_OUTCOMES}. */
export type CallOutcome = (typeof CALL_OUTCOMES)[number];

/** How an attempt of an activity has ended. */
export const ATTEMPT_OUTCOMES = ['ok', 'failed', 'cancelled'] as const;
