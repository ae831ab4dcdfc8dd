import type pg from 'pg';
import type { BillingInput } from '../../contract/billing/billing';
import { maybeOne, type Queryable } from '../database';

/** An event about a billing account. */
export interface ReportedEvent {
  eventId: string;
  type: string;
  /** The object that it reports on. */
  objectId: string;
  /** The billing account. */
  customerId: string;
  /** By Stripe's clock. */
  occurredAt: Date;
}

/** A run to tell that Stripe has reported something, and until when what was received is told with it (a time of the registry's clock). */
export interface BillingToTell extends BillingInput {
  until: string;
}

/**
 * Stores an event once, however often it is delivered. Returns the run to tell of it: undefined if the account is no tenant's, or if the
 * event has been handled already.
 */
export async function recordStripeEvent(db: Queryable, event: ReportedEvent): Promise<BillingToTell | undefined> {
  const { eventId, type, objectId, customerId, occurredAt } = event;
  await db.query(
    `insert into stripe_event (event_id, type, object_id, tenant_id, occurred_at)
     select $1, $2, $3, tenant_id, $5 from resource join tenant using (tenant_id)
     where resource.kind = 'billing-customer' and external_id = $4
     on conflict do nothing`,
    [eventId, type, objectId, customerId, occurredAt],
  );
  return maybeOne<BillingToTell>(
    db,
    `select tenant_id as "tenantId", operation_id as "operationId", received_at::text as until
     from stripe_event join tenant using (tenant_id) where event_id = $1 and handled_at is null`,
    [eventId],
  );
}

/** Stores an event that does not name its account, once, until a run has read whose it is. */
export async function recordUnassignedEvent(db: Queryable, event: WaitingEvent): Promise<void> {
  const { eventId, type, objectId, occurredAt } = event;
  await db.query(
    `insert into stripe_event (event_id, type, object_id, occurred_at) values ($1, $2, $3, $4) on conflict do nothing`,
    [eventId, type, objectId, occurredAt],
  );
}

/** Events of which it is not known whose account they are about: those that failed least come first, and of these the oldest. */
export async function listUnassignedEvents(db: Queryable, limit: number): Promise<WaitingEvent[]> {
  const { rows } = await db.query<WaitingEvent>(
    `select event_id as "eventId", type, object_id as "objectId", occurred_at as "occurredAt" from stripe_event
     where tenant_id is null and handled_at is null order by failures, received_at limit $1`,
    [limit],
  );
  return rows;
}

/** Until when events were received that no run was told to assign, after `graceSeconds`; undefined if there are none. */
export async function findUntoldUnassigned(db: Queryable, graceSeconds: number): Promise<string | undefined> {
  const row = await maybeOne<{ until: string | null }>(
    db,
    `select max(received_at)::text as until from stripe_event
     where tenant_id is null and told_at is null and handled_at is null
       and received_at < clock_timestamp() - make_interval(secs => $1)`,
    [graceSeconds],
  );
  return row?.until ?? undefined;
}

/** Records that a run was told to assign these. */
export async function markAssignmentTold(db: Queryable, until: string): Promise<void> {
  await db.query(
    `update stripe_event set told_at = clock_timestamp()
     where tenant_id is null and told_at is null and received_at <= $1::timestamptz`,
    [until],
  );
}

/** Gives an event to the tenant whose account this is, or forgets it if the account is no tenant's. The API's relay tells the tenant's run. */
export async function assignEvent(db: Queryable, eventId: string, customerId: string | undefined): Promise<void> {
  const { rowCount } = await db.query(
    `update stripe_event set tenant_id = resource.tenant_id, told_at = null from resource join tenant using (tenant_id)
     where event_id = $1 and stripe_event.tenant_id is null and stripe_event.handled_at is null and resource.kind = 'billing-customer' and external_id = $2`,
    [eventId, customerId ?? null],
  );
  if (rowCount === 0)
    await db.query(`delete from stripe_event where event_id = $1 and tenant_id is null and handled_at is null`, [
      eventId,
    ]);
}

/** Records that the tenant's run knows of its waiting events. */
export async function markBillingTold(
  db: Queryable,
  { tenantId, until }: Pick<BillingToTell, 'tenantId' | 'until'>,
): Promise<void> {
  await db.query(
    `update stripe_event set told_at = clock_timestamp() where tenant_id = $1 and handled_at is null and told_at is null and received_at <= $2::timestamptz`,
    [tenantId, until],
  );
}

/** Tenants whose run could not be told of an event, after `graceSeconds`; the longest waiting first. */
export async function listUntoldBilling(db: Queryable, graceSeconds: number, limit: number): Promise<BillingToTell[]> {
  const { rows } = await db.query<BillingToTell>(
    `select tenant_id as "tenantId", operation_id as "operationId", until::text as until from (
       select tenant_id, min(received_at) as since, max(received_at) as until from stripe_event
       where tenant_id is not null and told_at is null and handled_at is null and received_at < clock_timestamp() - make_interval(secs => $1)
       group by tenant_id order by since limit $2) as untold join tenant using (tenant_id)`,
    [graceSeconds, limit],
  );
  return rows;
}

/** An event that waits to be handled. */
export type WaitingEvent = Omit<ReportedEvent, 'customerId'>;

/** A tenant's waiting events: those that failed least come first, and of these the oldest. */
export async function listWaitingEvents(db: Queryable, tenantId: string, limit: number): Promise<WaitingEvent[]> {
  const { rows } = await db.query<WaitingEvent>(
    `select event_id as "eventId", type, object_id as "objectId", occurred_at as "occurredAt" from stripe_event
     where tenant_id = $1 and handled_at is null order by failures, occurred_at, event_id limit $2`,
    [tenantId, limit],
  );
  return rows;
}

/** Seconds between two attempts that count: what else wakes the run must not use up an event's attempts. */
const ATTEMPT_SECONDS = 45;

/** Records that an event could not be handled. Resolves with how many attempts have counted. */
export async function recordFailedAttempt(db: Queryable, eventId: string): Promise<number> {
  const row = await maybeOne<{ failures: number }>(
    db,
    `with counted as (
       update stripe_event set failures = failures + 1, failed_at = clock_timestamp()
       where event_id = $1 and handled_at is null
         and (failed_at is null or failed_at < clock_timestamp() - make_interval(secs => $2)) returning failures)
     select coalesce((select failures from counted), (select failures from stripe_event where event_id = $1)) as failures`,
    [eventId, ATTEMPT_SECONDS],
  );
  return row?.failures ?? 0;
}

/** Ends an event in the transaction that applies it. False if another attempt has already done so: then nothing may be applied. */
export async function markHandled(
  client: pg.ClientBase,
  eventId: string,
  outcome: 'applied' | 'superseded' | 'set_aside',
): Promise<boolean> {
  const { rowCount } = await client.query(
    `update stripe_event set handled_at = clock_timestamp(), outcome = $2 where event_id = $1 and handled_at is null`,
    [eventId, outcome],
  );
  return rowCount === 1;
}

/** Events deleted per statement. */
const BATCH = 10_000;

/** Deletes events that were handled before `olderThan`. Stripe sends an event again for three days at most. */
export async function forgetStripeEvents(db: Queryable, olderThan: Date): Promise<void> {
  for (;;) {
    const { rowCount } = await db.query(
      `delete from stripe_event where event_id in (select event_id from stripe_event where handled_at < $1 limit ${BATCH})`,
      [olderThan],
    );
    if ((rowCount ?? 0) < BATCH) return;
  }
}
