import { CommanderError } from 'commander';
import { ApiError } from '../src/index';

/** Exit statuses of the command line. */
export const EXIT = { ok: 0, failed: 1, usage: 2, refused: 3, waits: 4, interrupted: 130 } as const;

/** One of {@link EXIT}. */
export type ExitStatus = (typeof EXIT)[keyof typeof EXIT];

/** What the caller has to correct before calling again. */
export class UsageError extends Error {}

/** The exit status for an error. */
export function statusOf(error: unknown): ExitStatus {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof ApiError && error.status < 500) return EXIT.refused;
  return EXIT.failed;
}
