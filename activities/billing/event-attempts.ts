import type { ApplicationFailure } from '@temporalio/common';
import type { Pool } from 'pg';
import { isOutage } from '../../contract/operations/failures';
import { toFailure, type Classify } from '../../providers/port/failures';
import { recordFindings } from '../../registry/billing/findings';
import { markHandled, recordFailedAttempt, type WaitingEvent } from '../../registry/billing/stripe-events';
import { transaction } from '../../registry/database';

/** Events in a row without an answer after which the billing provider is taken to be down, and the others wait. */
const DOWN_AFTER = 2;

/**
 * Attempts after which an event is set aside: few if the provider refuses, more if it answers with errors, which may pass. The pauses between
 * them double, so that is after a quarter of an hour, or half a day. Attempts without an answer do not count.
 */
const MOST_REFUSALS = 5;
const MOST_ERRORS = 10;

/** Events to handle, and how. */
export interface EventQueue {
  /** Null for events of which it is not known whose account they are about. */
  tenantId: string | null;
  /** Waiting events, those that failed least first. */
  next(): Promise<WaitingEvent[]>;
  handle(event: WaitingEvent): Promise<void>;
}

interface Needed {
  pool: Pool;
  signal(): AbortSignal;
  classify: Classify;
}

/**
 * Handles every event once. One that cannot be handled holds up no other, and is set aside after some attempts, with a finding. Resolves with how
 * many are left for a later attempt; rejects if the provider gave no answer about one.
 */
export async function handleEach({ pool, signal, classify }: Needed, queue: EventQueue): Promise<number> {
  const failed = new Set<string>();
  let left = 0;
  let outage: ApplicationFailure | undefined;
  let unanswered = 0;
  for (;;) {
    const fresh = (await queue.next()).filter(({ eventId }) => !failed.has(eventId));
    if (fresh.length === 0) break;
    for (const event of fresh) {
      signal().throwIfAborted();
      try {
        await queue.handle(event);
        unanswered = 0;
      } catch (error) {
        failed.add(event.eventId);
        const of = queue.tenantId === null ? '' : ` about tenant ${queue.tenantId}`;
        const known = toFailure(error, `event ${event.eventId}${of}`, classify);
        if (isOutage(known.type)) {
          outage ??= known;
          if (++unanswered === DOWN_AFTER) throw outage;
        } else {
          unanswered = 0;
          const attempts = await recordFailedAttempt(pool, event.eventId);
          const most = known.nonRetryable ? MOST_REFUSALS : MOST_ERRORS;
          if (attempts < most) left += 1;
          else await setAside(pool, queue.tenantId, event.eventId);
        }
      }
    }
  }
  if (outage) throw outage;
  return left;
}

async function setAside(pool: Pool, tenantId: string | null, objectId: string): Promise<void> {
  const asked = ['event_set_aside'] as const;
  await transaction(pool, async (client) => {
    if (!(await markHandled(client, objectId, 'set_aside'))) return;
    await recordFindings(client, tenantId, { asked, found: [{ problem: 'event_set_aside', objectId }], of: objectId });
  });
}
