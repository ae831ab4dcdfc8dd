import type { Info } from '@temporalio/activity';
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';
import { msToNumber } from '@temporalio/common/lib/time';

/** Where an activity stands in its retries. */
export type Attempt = Pick<Info, 'attempt' | 'retryPolicy' | 'isLocal'>;

/** Temporal's own values where a policy leaves them out. */
const DEFAULT_INITIAL_MS = 1_000;
const DEFAULT_COEFFICIENT = 2;
const DEFAULT_MAXIMUM_FACTOR = 100;

/**
 * A failure that will be retried, with the delay before its next attempt: what the policy says, times a random factor from 0.5 to 1. Temporal's
 * server adds no jitter, and runs that met the same outage would come back all at once. Left as it is: what is not retried, a cancellation, a
 * failure that names its own delay (a provider's `Retry-After`), and whatever a local activity throws, whose retries are the worker's own.
 */
export function withJitter(error: unknown, attempt: Attempt, random: () => number = Math.random): unknown {
  if (attempt.isLocal || !attempt.retryPolicy || !(error instanceof Error)) return error;
  const nextRetryDelay = Math.round(policyDelay(attempt.retryPolicy, attempt.attempt) * (0.5 + random() / 2));
  if (!(error instanceof ApplicationFailure))
    // The SDK makes the same of any other error.
    return error instanceof TemporalFailure ? error : ApplicationFailure.fromError(error, { nextRetryDelay });
  if (error.nonRetryable === true || (error.nextRetryDelay ?? undefined) !== undefined) return error;
  const { message, type, details, cause, category, stack } = error;
  const delayed = ApplicationFailure.create({
    message,
    ...(typeof type === 'string' ? { type } : {}),
    nonRetryable: false,
    nextRetryDelay,
    ...(details ? { details } : {}),
    ...(cause ? { cause } : {}),
    ...(category ? { category } : {}),
  });
  if (stack !== undefined) delayed.stack = stack;
  return delayed;
}

/** Milliseconds the policy waits after this attempt, without jitter. */
function policyDelay(policy: NonNullable<Info['retryPolicy']>, attempt: number): number {
  const initial = policy.initialInterval === undefined ? DEFAULT_INITIAL_MS : msToNumber(policy.initialInterval);
  const maximum =
    policy.maximumInterval === undefined ? initial * DEFAULT_MAXIMUM_FACTOR : msToNumber(policy.maximumInterval);
  return Math.min(initial * (policy.backoffCoefficient ?? DEFAULT_COEFFICIENT) ** (attempt - 1), maximum);
}
