import type { Info } from '@temporalio/activity';
import { ApplicationFailure, TemporalFailure } from '@temporalio/common';

/** An activity's current attempt and its retry policy. */
export type Attempt = Pick<Info, 'attempt' | 'retryPolicy' | 'isLocal'>;

// Temporal's defaults for values that a policy leaves out.
const DEFAULT_INITIAL_MS = 1_000;
const DEFAULT_COEFFICIENT = 2;
const DEFAULT_MAXIMUM_FACTOR = 100;

/**
 * Gives a retryable failure a delay before its next attempt: the policy's delay times a random factor from 0.5 to 1. Temporal's server adds
 * no jitter, so runs that met the same outage would otherwise all retry at once. These are returned unchanged: failures that are not
 * retried, cancellations, failures with a delay of their own (a provider's `Retry-After`), and failures in local activities, whose retries
 * the worker itself schedules.
 */
export function withJitter(error: unknown, attempt: Attempt, random: () => number = Math.random): unknown {
  if (attempt.isLocal || !attempt.retryPolicy || !(error instanceof Error)) return error;
  const nextRetryDelay = Math.round(policyDelay(attempt.retryPolicy, attempt.attempt) * (0.5 + random() / 2));
  if (!(error instanceof ApplicationFailure))
    // The SDK would convert any other error in the same way.
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

/** The policy's delay after this attempt in milliseconds, without jitter. */
function policyDelay(policy: NonNullable<Info['retryPolicy']>, attempt: number): number {
  const initial = milliseconds(policy.initialInterval) ?? DEFAULT_INITIAL_MS;
  const maximum = milliseconds(policy.maximumInterval) ?? initial * DEFAULT_MAXIMUM_FACTOR;
  return Math.min(initial * (policy.backoffCoefficient ?? DEFAULT_COEFFICIENT) ** (attempt - 1), maximum);
}

/** The type also allows texts such as `5s`, but to an activity the SDK reports its policy's intervals as numbers. */
function milliseconds(interval: unknown): number | undefined {
  return typeof interval === 'number' ? interval : undefined;
}
