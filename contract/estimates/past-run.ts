import type { OperationKind } from '../operations/kinds';
import type { Step } from '../operations/steps';
import { isWait, levelsOf } from './levels';

/** The recorded times of an operation that has succeeded. */
export interface FinishedRun {
  /** When it was accepted, or when an approver let it go on. */
  began: Date;
  completed: Date;
  /** When each step ended; steps whose attempts were not recorded are missing. */
  ends: Partial<Record<Step, Date>>;
}

/**
 * Seconds that each step of an operation took, from the end of the level before it to its own end. Waiting for a free worker counts, because
 * the next operation may have to wait too; waiting for people does not.
 */
export type PastRun = Partial<Record<Step, number>>;

/** Steps that a run leaves out unless it was asked for them. */
const OPTIONAL: readonly Step[] = ['export'];

/** The durations of an operation's steps; undefined if not all of them were recorded. */
export function pastRunOf(kind: OperationKind, { began, completed, ends }: FinishedRun): PastRun | undefined {
  const took: PastRun = {};
  const levels = levelsOf(kind);
  let since = began;
  for (const level of levels) {
    const isLast = level === levels.at(-1);
    for (const step of level.filter((each) => !isWait(each))) {
      // After the last step, runs still record what they hand over; the caller's wait is over at completion.
      const end = isLast ? completed : (ends[step] ?? (OPTIONAL.includes(step) ? since : undefined));
      if (!end) return undefined;
      took[step] = Math.max(0, (end.getTime() - since.getTime()) / 1000);
    }
    since = latest(since, ...level.map((step) => ends[step]));
  }
  return took;
}

/** The latest of the given times. */
export function latest(first: Date, ...more: (Date | undefined)[]): Date {
  return more.reduce<Date>((max, time) => (time && time > max ? time : max), first);
}
