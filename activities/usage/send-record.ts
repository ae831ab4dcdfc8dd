import { ADJUSTABLE_HOURS, BILLABLE_DAYS, type UsageCounts } from '../../contract/usage/billing';
import { FAILURES, type FailureClass } from '../../contract/operations/failures';
import type { Aggregation } from '../../contract/usage/usage';
import type { Queryable } from '../../registry/database';
import { findMeteredTenant } from '../../registry/usage/metered-tenants';
import {
  beginEvent,
  endBilling,
  listSent,
  noteLate,
  postponeBilling,
  settleEvent,
  type BillableRecord,
  type SentEvent,
} from '../../registry/usage/meter-events';
import { isProvisioningFailure, toFailure } from '../../providers/port/failures';
import type { Dependencies } from '../dependencies';

const HOUR_MS = 3_600_000;

/** After a refusal, which only a person can mend, such as a meter that is missing at the provider. */
const REFUSED_SECONDS = 6 * 3_600;

/** What sending usage takes. */
export interface UsageDependencies extends Pick<Dependencies, 'signal'> {
  pool: Queryable;
  billing: Pick<Dependencies['billing'], 'classify' | 'sendMeterEvent' | 'cancelMeterEvent'>;
}

/**
 * Brings what the billing provider counts for a record up to its newest revision. An event without an answer is repeated first, as it was: only
 * then is it known what counts. A correction takes back what can still be taken back, and sends the rest as a difference. Throws when the
 * provider does not answer; the record is due again then.
 */
export async function sendRecord(
  dependencies: UsageDependencies,
  record: BillableRecord,
  now: Date,
): Promise<Partial<UsageCounts>> {
  const { pool } = dependencies;
  const events = await listSent(pool, record);
  const open = events.find(({ state }) => state === 'sending' || state === 'refused');
  const isLate = now.getTime() - record.at.getTime() > BILLABLE_DAYS * 24 * HOUR_MS;
  if (open && !(isLate && open.state === 'refused'))
    return sendEvent(dependencies, { ...record, revision: open.revision, value: open.value }, now);
  if (isLate) {
    await noteLate(pool, { ...record, ...open });
    await endBilling(pool, record, record.revision);
    return { refused: 1 };
  }
  try {
    return await sendNewest(dependencies, record, events, now);
  } catch (error) {
    if (classOf(error) !== 'permanent') throw error;
    await postponeBilling(pool, record, REFUSED_SECONDS);
    return { refused: 1 };
  }
}

async function sendNewest(
  dependencies: UsageDependencies,
  record: BillableRecord,
  events: readonly SentEvent[],
  now: Date,
): Promise<Partial<UsageCounts>> {
  const { pool } = dependencies;
  const sent = events.filter(({ state }) => state === 'sent');
  const { counted, cancelled } = await takeBack(dependencies, record, sent, now);
  const isLevel = sent.length > 0 && (await aggregationOf(pool, record)) === 'last';
  const value = isLevel ? record.value : record.value - counted;
  const isCounted = sent.length > cancelled && !isLevel && value === 0;
  if (!isCounted) return { cancelled, ...(await sendEvent(dependencies, { ...record, value }, now)) };
  await endBilling(pool, record, record.revision);
  return { cancelled };
}

async function takeBack(
  { billing, pool, signal }: UsageDependencies,
  { meter, tenantId }: BillableRecord,
  sent: readonly SentEvent[],
  now: Date,
): Promise<{ counted: number; cancelled: number }> {
  let counted = 0;
  let cancelled = 0;
  for (const { identifier, sentAt, value } of sent) {
    const isYoung = sentAt !== null && now.getTime() - sentAt.getTime() < ADJUSTABLE_HOURS * HOUR_MS;
    const isCancelled =
      isYoung &&
      (await asFailure(tenantId, billing, () =>
        billing.cancelMeterEvent({ identifier, eventName: meter, signal: signal() }),
      ));
    if (isCancelled) await settleEvent(pool, identifier, 'cancelled');
    if (isCancelled) cancelled += 1;
    else counted += value;
  }
  return { counted, cancelled };
}

async function sendEvent(
  { billing, pool, signal }: UsageDependencies,
  record: BillableRecord,
  now: Date,
): Promise<Partial<UsageCounts>> {
  const event = await beginEvent(pool, record);
  if (!event) return {};
  const { identifier } = event;
  if (now.getTime() - (event.unansweredSince ?? now).getTime() > ADJUSTABLE_HOURS * HOUR_MS) {
    await settleEvent(pool, identifier, 'unknown');
    await endBilling(pool, record, event.revision);
    return { refused: 1 };
  }
  try {
    const { customer, meter: eventName, at } = record;
    await asFailure(record.tenantId, billing, () =>
      billing.sendMeterEvent({ identifier, eventName, customer, value: event.value, at, signal: signal() }),
    );
  } catch (error) {
    const kind = classOf(error);
    if (kind === 'unknown') throw error;
    await settleEvent(pool, identifier, 'refused');
    if (kind === 'retryable') throw error;
    await postponeBilling(pool, record, REFUSED_SECONDS);
    return { refused: 1 };
  }
  await settleEvent(pool, identifier, 'sent');
  await endBilling(pool, record, event.revision);
  return { sent: 1 };
}

function classOf(error: unknown): FailureClass {
  return isProvisioningFailure(error) ? FAILURES[error.type].class : 'unknown';
}

async function asFailure<T>(
  tenantId: string,
  { classify }: Pick<UsageDependencies['billing'], 'classify'>,
  send: () => Promise<T>,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    throw toFailure(error, `usage of tenant ${tenantId}`, classify);
  }
}

async function aggregationOf(db: Queryable, { tenantId, meter }: BillableRecord): Promise<Aggregation | undefined> {
  const tenant = await findMeteredTenant(db, tenantId);
  return tenant?.meters.find((each) => each.meter === meter)?.aggregation;
}
