import { isFailureType, isOutage, FAILURES } from '../operations/failures';

/** A recorded attempt of an activity. */
export interface Attempt {
  activityId: string;
  attempt: number;
  startedAt: Date;
  endedAt: Date | null;
  errorType: string | null;
  /** What failed, at which provider and why; safe to show. */
  errorMessage?: string | null | undefined;
  /** When a failed attempt is repeated; null if it is not, or if that is not known. */
  nextTry: Date | null;
}

/** An activity whose last attempt has failed and is to be repeated. */
export interface Retry {
  last: Attempt;
  nextTry: Date;
  /** Attempts that the provider has answered with a failure; only these are limited. */
  refusals: number;
  /** Start of the first attempt since the last answer; undefined if the last attempt was answered. */
  unansweredSince: Date | undefined;
  /** What went wrong and where, in words without a full stop. */
  cause: string;
}

/** Attempts that have begun and not ended. */
export function runningAttempts(attempts: readonly Attempt[]): Attempt[] {
  return byActivity(attempts)
    .map((each) => each.at(-1)!)
    .filter(({ endedAt }) => endedAt === null);
}

/** Activities that wait for their next attempt. */
export function waitingRetries(attempts: readonly Attempt[]): Retry[] {
  return byActivity(attempts).flatMap((each) => {
    const last = each.at(-1)!;
    if (last.endedAt === null || last.errorType === null || last.nextTry === null) return [];
    const answered = each.findLastIndex(({ errorType }) => !isOutage(errorType));
    return {
      last,
      nextTry: last.nextTry,
      refusals: each.filter(({ errorType }) => errorType !== null && !isOutage(errorType)).length,
      unansweredSince: each[answered + 1]?.startedAt,
      cause: causeOf(last),
    };
  });
}

/** An attempt under way, and why the one before it failed. */
export interface Repetition {
  running: Attempt;
  cause: string;
}

/** Attempts under way whose activity has failed at least twice before: it is more than a passing disturbance. */
export function repetitions(attempts: readonly Attempt[]): Repetition[] {
  return byActivity(attempts).flatMap((each) => {
    const running = each.at(-1)!;
    const failed = each.slice(0, -1).filter(({ errorType }) => errorType !== null);
    return running.endedAt === null && failed.length >= 2 ? [{ running, cause: causeOf(failed.at(-1)!) }] : [];
  });
}

function causeOf({ errorType, errorMessage }: Attempt): string {
  if (errorMessage) return errorMessage.replace(/\.$/, '');
  return FAILURES[isFailureType(errorType) ? errorType : 'InternalError'].title;
}

function byActivity(attempts: readonly Attempt[]): Attempt[][] {
  const activities = new Map<string, Attempt[]>();
  for (const attempt of attempts)
    activities.set(attempt.activityId, [...(activities.get(attempt.activityId) ?? []), attempt]);
  return [...activities.values()].map((each) => each.sort((one, other) => one.attempt - other.attempt));
}
