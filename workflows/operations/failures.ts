import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import { FAILURES, isFailureType, type FailureType } from '../../contract/operations/failures';
import type { OperationFailure } from '../../contract/operations/messages';
import type { Step } from '../../contract/operations/steps';

/** A failure raised by the workflow itself rather than by an activity. */
export function runFailure(type: FailureType, message: string, ...details: unknown[]): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, type, ...details);
}

/** Turns an error caught in a step into what the API, the registry and the Temporal Web UI show. */
export function describeFailure(error: unknown, step: Step): OperationFailure {
  if (isCancellation(error)) return { type: 'Cancelled', message: FAILURES.Cancelled.title, step };
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure && isFailureType(cause.type)) {
    const pointer = pointerOf(cause);
    return { type: cause.type, message: cause.message, step, ...(pointer === undefined ? {} : { pointer }) };
  }
  if (cause instanceof TimeoutFailure)
    return { type: 'ProviderUnavailable', message: `The step ran out of time (${cause.timeoutType}).`, step };
  // The message of an uncatalogued error may quote addresses or values, so it stays in the worker's log.
  return { type: 'InternalError', message: `${FAILURES.InternalError.title}: see the worker’s log.`, step };
}

function pointerOf(failure: ApplicationFailure): string | undefined {
  const detail: unknown = failure.details?.[0];
  if (typeof detail !== 'object' || detail === null || !('pointer' in detail)) return undefined;
  return typeof detail.pointer === 'string' ? detail.pointer : undefined;
}

/** The failure that ends the workflow: an `ApplicationFailure` with a type of the catalogue, so that the Web UI shows type and message. */
export function finalFailure({ type, message, step }: OperationFailure): ApplicationFailure {
  return ApplicationFailure.create({ type, message: `${step}: ${message}`, nonRetryable: true });
}
