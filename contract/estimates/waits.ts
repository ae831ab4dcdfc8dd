import type { OperationStatus } from '../operations/states';
import type { Pace } from './pace';
import { timeText } from './words';

/** What an operation can wait for that no measurement foretells. */
export const WAITS = ['approver', 'operator', 'grace-period', 'legal-hold'] as const;

/** A wait in progress. */
export interface Wait {
  for: (typeof WAITS)[number];
  pace: Pace['pace'];
  reason: string;
}

/** What says whether an operation waits. */
export interface WaitFacts {
  status: OperationStatus;
  /** When it came to its status. */
  updatedAt: Date;
  approvalDeadline: Date | null;
  holdUntil: Date | null;
  removalAt: Date | null;
  /** Days of grace of a removal. With none, it never waits for their end. */
  graceDays?: number | null;
  /** Whether a removal has asked for legal holds, which it does once the grace period has ended. */
  asksForHolds: boolean;
}

/** What the operation waits for now; undefined while it works. */
export function waitOf({
  status,
  updatedAt,
  approvalDeadline,
  holdUntil,
  removalAt,
  graceDays,
  asksForHolds,
}: WaitFacts): Wait | undefined {
  const since = timeText(updatedAt);
  switch (status) {
    case 'awaiting_approval':
      return stuck('approver', `Waiting for an approver since ${since}${until(', deadline', approvalDeadline)}.`);
    case 'on_hold':
      return stuck('operator', `On hold${until(' until', holdUntil)}: an operator decides how the run continues.`);
    case 'needs_operator':
      return stuck('operator', `Operator needed since ${since}: resources are left over.`);
    case 'grace':
      if (asksForHolds)
        return { for: 'legal-hold', pace: 'normal', reason: 'A legal hold keeps the tenant from being removed.' };
      return graceDays === 0
        ? undefined
        : { for: 'grace-period', pace: 'normal', reason: `The grace period ends${until(' at', removalAt)}.` };
    default:
      return undefined;
  }
}

function stuck(what: Wait['for'], reason: string): Wait {
  return { for: what, pace: 'stuck', reason };
}

function until(words: string, time: Date | null): string {
  return time ? `${words} ${timeText(time)}` : '';
}
