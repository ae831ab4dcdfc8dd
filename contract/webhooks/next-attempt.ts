import { DELIVERY_DAYS } from './webhooks';

const FIRST_SECONDS = 5;
const FACTOR = 4;
const LONGEST_SECONDS = 3600;

/** A receiver may postpone the next attempt by a day at most. */
const LONGEST_RETRY_AFTER_SECONDS = 86_400;

/** An attempt that has failed. */
export interface FailedAttempt {
  /** 1 for the first one. */
  attempt: number;
  /** Seconds since the first attempt. */
  elapsedSeconds: number;
  /** The receiver's `Retry-After`. */
  retryAfterSeconds?: number | undefined;
}

/**
 * Seconds to the next attempt: 5, 20, 80, 320, 1280 and then 3600, each up to a fifth more or less, so that messages that met the same
 * outage do not return together. Never less than the receiver has asked for. Undefined once {@link DELIVERY_DAYS} would have passed by then.
 */
export function secondsToNextAttempt(
  { attempt, elapsedSeconds, retryAfterSeconds = 0 }: FailedAttempt,
  random: () => number = Math.random,
): number | undefined {
  const backOff = Math.min(FIRST_SECONDS * FACTOR ** (attempt - 1), LONGEST_SECONDS) * (0.8 + 0.4 * random());
  const seconds = Math.max(backOff, Math.min(retryAfterSeconds, LONGEST_RETRY_AFTER_SECONDS));
  return elapsedSeconds + seconds <= DELIVERY_DAYS * 86_400 ? seconds : undefined;
}

/** Seconds from now that a `Retry-After` header asks for, as a number or a date (RFC 9110, §10.2.3); undefined if it is neither. */
export function retryAfterSeconds(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header);
  // Without a month's name it is no HTTP date, although JavaScript may read one into it.
  const at = /[a-z]{3}/i.test(header) ? Date.parse(header) : NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}
