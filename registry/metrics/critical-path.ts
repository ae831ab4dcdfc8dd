import { STEPS, type Step } from '../../contract/operations/steps';

/** An attempt of an activity; times in seconds. */
export interface Span {
  step: Step;
  start: number;
  end: number;
}

/** Name of the time in which no attempt was under way: queues, pauses before retries, approvals and holds. */
export const WAITING = 'waiting' as const;

/** Part of the time that an operation took: one of its steps, or {@link WAITING}. */
export type PathPart = Step | typeof WAITING;

/** Every part, in the order of the steps. */
export const PATH_PARTS: readonly PathPart[] = [...STEPS, WAITING];

/**
 * The steps that determined when an operation ended, with their seconds: goes back from the end to the attempt that ended last, from its start to
 * the attempt that ended last before that, and so on to the beginning. The parts add up to the whole time.
 */
export function criticalPath(spans: readonly Span[], from: number, until: number): Map<PathPart, number> {
  const seconds = new Map<PathPart, number>();
  const add = (part: PathPart, amount: number): void => {
    if (amount > 0) seconds.set(part, (seconds.get(part) ?? 0) + amount);
  };
  let cursor = until;
  while (cursor > from) {
    const last = lastBefore(spans, cursor);
    if (!last) break;
    const end = Math.min(last.end, cursor);
    const start = Math.max(last.start, from);
    add(WAITING, cursor - end);
    add(last.step, end - start);
    cursor = start;
  }
  add(WAITING, cursor - from);
  return new Map(PATH_PARTS.flatMap((part) => (seconds.has(part) ? [[part, seconds.get(part)!] as const] : [])));
}

/** The attempt that ended last among those that began before this time; of several, the one that began last. */
function lastBefore(spans: readonly Span[], time: number): Span | undefined {
  let last: Span | undefined;
  for (const span of spans) {
    if (span.start >= time || span.end <= span.start) continue;
    const later = last === undefined ? 1 : Math.min(span.end, time) - Math.min(last.end, time);
    if (later > 0 || (later === 0 && span.start > last!.start)) last = span;
  }
  return last;
}
