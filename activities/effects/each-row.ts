import { CancelledFailure, type ApplicationFailure } from '@temporalio/common';
import type { LedgerRow } from '../../registry/ledger/ledger';
import { failure } from '../../providers/port/failures';

/** Milliseconds between two checks for something that may still take effect. */
const LOOK_AGAIN_MS = 15_000;

/**
 * Does the work for each row in turn. A row that fails does not hold up the others, except that a provider that asked us to wait gets no more
 * requests. The first failure is thrown at the end, to be retried.
 */
export async function eachRow(rows: readonly LedgerRow[], work: (row: LedgerRow) => Promise<void>): Promise<void> {
  let first: Error | undefined;
  const waitedFor = new Set<string>();
  for (const row of rows) {
    if (waitedFor.has(row.provider)) continue;
    try {
      await work(row);
    } catch (error) {
      if (error instanceof CancelledFailure) throw error;
      first ??= error as Error;
      if (hasAskedToWait(error as Partial<ApplicationFailure>)) waitedFor.add(row.provider);
    }
  }
  if (first) throw first;
}

/**
 * Not a real failure: it makes Temporal start the next check later, so that no worker has to wait for it. `done` says what has been done, and
 * `because` why that must be looked at again within `inFlightMs`.
 */
export function lookAgain(done: string, because: string, inFlightMs: number): ApplicationFailure {
  const afterMs = Math.min(inFlightMs, LOOK_AGAIN_MS);
  const message = `${done}; checked again in ${Math.ceil(afterMs / 1000)} s, because ${because}.`;
  return failure('OutcomeUnknown', message, { retryAfterMs: afterMs });
}

/** Not a real failure either: a change begins once no request of an earlier operation can arrive any more. It uses up none of the step's attempts. */
export function notYet(what: string, inFlightMs: number): ApplicationFailure {
  const afterMs = Math.min(inFlightMs, LOOK_AGAIN_MS);
  const message = `${what}: not changed yet; an unanswered request of an earlier operation may still change it. Tried again in ${Math.ceil(afterMs / 1000)} s.`;
  return failure('ProviderUnavailable', message, { retryAfterMs: afterMs });
}

/** Whether the provider throttled us, or said when to come back. */
function hasAskedToWait({ type, nextRetryDelay }: Partial<ApplicationFailure>): boolean {
  return type === 'ProviderThrottled' || (type === 'ProviderUnavailable' && typeof nextRetryDelay === 'number');
}
