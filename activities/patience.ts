import { isOutage } from '../contract/failures';
import type { Patience } from '../contract/messages';

/** What earlier attempts of an activity have come to. It travels from one attempt to the next in the details of the heartbeats. */
export interface Standing {
  /** Failures that were answers. */
  refusals: number;
  /** Time of the first attempt since the last answer that got none, in milliseconds. */
  unansweredSince?: number;
}

/** Nothing has failed yet. */
export const FRESH: Standing = { refusals: 0 };

/** Reads a {@link Standing} from heartbeat details; whatever is none counts as {@link FRESH}. */
export function standingOf(details: unknown): Standing {
  const { refusals, unansweredSince } = (details ?? {}) as Partial<Standing>;
  if (typeof refusals !== 'number') return FRESH;
  return { refusals, ...(typeof unansweredSince === 'number' ? { unansweredSince } : {}) };
}

/**
 * Counts a failed attempt and says whether it was the last one. Answers use up attempts; an outage uses up time, from its first attempt to
 * the one that gives up; an outage of the registry uses up neither, and proves nothing about the provider.
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
