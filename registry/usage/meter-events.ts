import { createHash } from 'node:crypto';
import type { Queryable } from '../database';
import { maybeOne } from '../database';

/** A record that is to be sent to the billing provider, in its newest revision. */
export interface BillableRecord {
  tenantId: string;
  source: string;
  recordId: string;
  meter: string;
  at: Date;
  value: number;
  revision: number;
  /** Id of the tenant's account at the billing provider. */
  customer: string;
}

/** Usage that was sent, or is being sent. */
export interface SentEvent {
  identifier: string;
  revision: number;
  value: number;
  state: 'sending' | 'sent' | 'cancelled' | 'refused' | 'late' | 'unknown';
  unansweredSince: Date | null;
  sentAt: Date | null;
}

type RecordKey = Pick<BillableRecord, 'tenantId' | 'source' | 'recordId'>;

/** The next records to send, those that have waited longest first: of one tenant, or of all. A tenant without an account waits until it has one. */
export async function listBillable(
  db: Queryable,
  { limit, tenantId }: { limit: number; tenantId?: string | undefined },
): Promise<BillableRecord[]> {
  const { rows } = await db.query<Omit<BillableRecord, 'value'> & { value: string }>(
    `select record.tenant_id as "tenantId", source, record_id as "recordId", meter, at, value, revision, account.external_id as customer
     from usage_record record
       join resource account on account.tenant_id = record.tenant_id and account.kind = 'billing-customer' and account.state = 'present'
     where ${tenantId === undefined ? 'bill_at <= now()' : 'bill_at is not null and record.tenant_id = $2'}
     order by bill_at limit $1`,
    tenantId === undefined ? [limit] : [limit, tenantId],
  );
  return rows.map((row) => ({ ...row, value: Number(row.value) }));
}

/** What was sent of a record, oldest first. */
export async function listSent(db: Queryable, { tenantId, source, recordId }: RecordKey): Promise<SentEvent[]> {
  const { rows } = await db.query<Omit<SentEvent, 'value'> & { value: string }>(
    `select identifier, revision, value, state, unanswered_since as "unansweredSince", sent_at as "sentAt"
     from usage_meter_event where tenant_id = $1 and source = $2 and record_id = $3 order by revision`,
    [tenantId, source, recordId],
  );
  return rows.map((row) => ({ ...row, value: Number(row.value) }));
}

/** Identifier of what is sent for a revision of a record: the same from every sender. */
export function identifierOf({ tenantId, source, recordId, revision }: RecordKey & { revision: number }): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([source, recordId, revision]))
    .digest('hex');
  return `${tenantId}-${digest.slice(0, 40)}`;
}

/**
 * Writes down that an event is about to be sent, before the request is. From then on it counts as unanswered. Undefined if its record is gone
 * meanwhile, or another process has sent it.
 */
export async function beginEvent(
  db: Queryable,
  record: RecordKey & { revision: number; value: number },
): Promise<SentEvent | undefined> {
  const { tenantId, source, recordId, revision, value } = record;
  const row = await maybeOne<Omit<SentEvent, 'value'> & { value: string }>(
    db,
    `insert into usage_meter_event as event (identifier, tenant_id, source, record_id, revision, value, state, unanswered_since)
     select $1, tenant_id, source, record_id, $5, $6, 'sending', now() from usage_record
     where tenant_id = $2 and source = $3 and record_id = $4
     on conflict (identifier) do update
     set state = 'sending', unanswered_since = coalesce(event.unanswered_since, excluded.unanswered_since)
     where event.state in ('sending', 'refused')
     returning identifier, revision, value, state, unanswered_since as "unansweredSince", sent_at as "sentAt"`,
    [identifierOf(record), tenantId, source, recordId, revision, value],
  );
  return row && { ...row, value: Number(row.value) };
}

/** Records an answer. `refused` also clears that it is unanswered: nothing has taken effect, and it is sent again. */
export async function settleEvent(
  db: Queryable,
  identifier: string,
  state: 'sent' | 'cancelled' | 'refused' | 'unknown',
): Promise<void> {
  await db.query(
    `update usage_meter_event set state = $2, sent_at = case when $2 = 'sent' then now() else sent_at end,
       unanswered_since = case when $2 = 'unknown' then unanswered_since end
     where identifier = $1`,
    [identifier, state],
  );
}

/** Records that the provider takes no usage of that time any more. */
export async function noteLate(
  db: Queryable,
  record: RecordKey & Pick<BillableRecord, 'revision' | 'value'>,
): Promise<void> {
  const { tenantId, source, recordId, revision, value } = record;
  await db.query(
    `insert into usage_meter_event (identifier, tenant_id, source, record_id, revision, value, state)
     select $1, tenant_id, source, record_id, $5, $6, 'late' from usage_record
     where tenant_id = $2 and source = $3 and record_id = $4
     on conflict (identifier) do update set state = 'late'`,
    [identifierOf(record), tenantId, source, recordId, revision, value],
  );
}

/** This revision of the record needs nothing more. One that has arrived meanwhile is due at once. */
export async function endBilling(
  db: Queryable,
  { tenantId, source, recordId }: RecordKey,
  revision: number,
): Promise<void> {
  await db.query(
    `update usage_record set bill_at = case when revision > $4 then now() end
     where tenant_id = $1 and source = $2 and record_id = $3`,
    [tenantId, source, recordId, revision],
  );
}

/** The record is sent again after so many seconds. */
export async function postponeBilling(
  db: Queryable,
  { tenantId, source, recordId }: RecordKey,
  seconds: number,
): Promise<void> {
  await db.query(
    `update usage_record set bill_at = now() + make_interval(secs => $4)
     where tenant_id = $1 and source = $2 and record_id = $3 and bill_at is not null`,
    [tenantId, source, recordId, seconds],
  );
}
