import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import { FAILURES, isFailureType, type FailureType } from '../contract/failures';
import type { OperationFailure } from '../contract/messages';
import type { Step } from '../contract/steps';

/** A failure thrown by the run itself. */
export function runFailure(type: FailureType, message: string, ...details: unknown[]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type, ...details);
}

/** What the API, the registry and the Web UI say about an error caught at a step. */
export function describeFailure(error: unknown, step: Step): OperationFailure {
  if (isCancellation(error)) return { type: 'Cancelled', message: FAILURES.Cancelled.title, step };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && isFailureType(cause.type)) {
    const pointer = pointerOf(cause);
    return { type: cause.type, message: cause.message, step, ...(pointer === undefined ? {} : { pointer }) };
  }
  if (cause instanceof TimeoutFailure)
    return { type: 'ProviderUnavailable', message: `The step ran out of time (${cause.timeoutType}).`, step };
  // The text of an error that is not of the catalogue may quote addresses and values.
  return { type: 'InternalError', message: `${FAILURES.InternalError.title}: see the worker’s log.`, step };
}

function pointerOf(failure: ApplicationFailure): string | undefined {
  const detail: unknown = failure.details?.[0];
  if (typeof detail !== 'object' || detail === null || !('pointer' in detail)) return undefined;
  return typeof detail.pointer === 'string' ? detail.pointer : undefined;
}

/** The failure the workflow ends with: always an `ApplicationFailure` of the catalogue, so that the Web UI shows type and message. */
export function finalFailure({ type, message, step }: OperationFailure): ApplicationFailure {
  return ApplicationFailure.create({ type, message: `${step}: ${message}`, nonRetryable: true });
}
