import { USAGE_COUNTS, type UsageCounts } from '../../contract/usage/billing';
import { listBillable, postponeBilling, type BillableRecord } from '../../registry/usage/meter-events';
import { failure } from '../../providers/port/failures';
import { sendRecord, type UsageDependencies } from './send-record';
import type { UsageActivities } from './interface';

/** Records read at once, and requests open at the same time: far below the thousand a second that Stripe takes. */
const PORTION = 200;
const AT_ONCE = 8;

/** Records of a tenant that are sent before it is removed, at most; the rounds before have sent the others. */
const MOST_LAST = 5_000;

/** A round that has taken this long ends with its current portion. */
const ROUND_MS = 120_000;

/** After this many records in a row without an answer, the provider is taken to be down. */
const AWAY_AFTER = 5;

/** A record without an answer is sent again after this long. */
const WAIT_SECONDS = 30;

/** The activities that send usage to the billing provider. */
export function createUsage(dependencies: UsageDependencies): UsageActivities {
  return {
    async sendDueUsage() {
      const counts = noCounts();
      const end = Date.now() + ROUND_MS;
      for (;;) {
        const due = await listBillable(dependencies.pool, { limit: PORTION });
        if (due.length > 0) await sendAll(dependencies, due, counts);
        if (due.length < PORTION) return { counts, more: false };
        if (Date.now() >= end) return { counts, more: true };
      }
    },
  };
}

/**
 * Sends what was used by a tenant that is being removed, before its account is closed: usage that comes later is on no invoice. What Stripe refuses
 * stays unsent. Rejects when Stripe does not answer.
 */
export async function sendLastUsage(dependencies: UsageDependencies, tenantId: string): Promise<void> {
  const send = async (): Promise<UsageCounts> => {
    const counts = noCounts();
    await sendAll(dependencies, await listBillable(dependencies.pool, { limit: MOST_LAST, tenantId }), counts);
    return counts;
  };
  await send();
  // A record whose first revision was still unanswered needs a second turn for its correction.
  const { waiting } = await send();
  if (waiting > 0)
    throw failure(
      'ProviderUnavailable',
      `The last usage of tenant ${tenantId} is not all sent: Stripe does not answer.`,
    );
}

function noCounts(): UsageCounts {
  return Object.fromEntries(USAGE_COUNTS.map((count) => [count, 0])) as UsageCounts;
}

/** Sends records, several at once; a tenant's account at the provider does not care in which order they arrive. */
async function sendAll(
  dependencies: UsageDependencies,
  records: readonly BillableRecord[],
  counts: UsageCounts,
): Promise<void> {
  const waiting = [...records];
  let failed = 0;
  const work = async (): Promise<void> => {
    for (let record = waiting.shift(); record; record = waiting.shift()) {
      dependencies.signal().throwIfAborted();
      try {
        add(counts, await sendRecord(dependencies, record, new Date()));
        failed = 0;
      } catch (error) {
        counts.waiting += 1;
        await postponeBilling(dependencies.pool, record, WAIT_SECONDS);
        failed += 1;
        if (failed >= AWAY_AFTER) throw error;
      }
    }
  };
  // All settle before the first failure is reported, so that none goes on behind the activity's back.
  const working = Array.from({ length: AT_ONCE }, work);
  await Promise.allSettled(working);
  await Promise.all(working);
}

function add(counts: UsageCounts, more: Partial<UsageCounts>): void {
  for (const count of USAGE_COUNTS) counts[count] += more[count] ?? 0;
}
