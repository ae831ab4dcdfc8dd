import { isOutage } from '../contract/operations/failures';
import type { Patience } from '../contract/operations/messages';

/** How an activity's earlier attempts have failed. Heartbeat details carry it from one attempt to the next. */
export interface Standing {
  /** Failures in which the provider did answer. */
  refusals: number;
  /** Time of the first unanswered attempt since the last answer, in milliseconds since the epoch. */
  unansweredSince?: number;
}

/** The standing before any failure. */
export const FRESH: Standing = { refusals: 0 };

/** Reads a {@link Standing} from heartbeat details. Anything else counts as {@link FRESH}. */
export function standingOf(details: unknown): Standing {
  const { refusals, unansweredSince } = (details ?? {}) as Partial<Standing>;
  if (typeof refusals !== 'number') return FRESH;
  return { refusals, ...(typeof unansweredSince === 'number' ? { unansweredSince } : {}) };
}

/**
 * Counts a failed attempt and decides whether it was the last one. A failure with an answer uses up one attempt. An outage uses up time,
 * counted from its first attempt. An outage of the registry uses up neither, because it proves nothing about the provider.
 */
export function weigh(
  { refusals, unansweredSince }: Standing,
  type: string | null | undefined,
  { maximumAttempts, outageSeconds }: Patience,
  now: number,
): { standing: Standing; over: boolean } {
  if (type === 'RegistryUnavailable') return { standing: { refusals }, over: false };
  if (!isOutage(type)) return { standing: { refusals: refusals + 1 }, over: refusals + 1 >= maximumAttempts };
  const since = unansweredSince ?? now;
  return { standing: { refusals, unansweredSince: since }, over: now - since >= outageSeconds * 1000 };
}
