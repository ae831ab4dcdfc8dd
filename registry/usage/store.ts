import type pg from 'pg';
import { dayOf } from '../../contract/usage/periods';
import type { RecordOutcome, UsageRecord } from '../../contract/usage/usage';
import { transaction, type Queryable } from '../database';
import { judge, meterOf, type KnownRecord } from './judge';
import { lockMeteredTenants } from './metered-tenants';
import { noteQuotas, type TouchedMeter } from './quotas';

/** Records of one source. */
export interface UsageBatch {
  source: string;
  records: readonly UsageRecord[];
}

interface StoredRecord extends KnownRecord {
  receivedAt: Date;
}

/** What a batch changes. */
interface Changes {
  /** The newest revision of each record, by its key, and whether it goes to the billing provider. */
  records: Map<string, UsageRecord & { billed: boolean }>;
  replaced: (Pick<UsageRecord, 'tenantId' | 'recordId'> & StoredRecord)[];
  days: Map<string, DayChange>;
  touched: TouchedMeter[];
}

interface DayChange {
  tenantId: string;
  meter: string;
  day: string;
  total: number;
  latest: number;
  latestAt: Date;
}

/**
 * Stores records, and what becomes of each, in their order. It is one transaction, so an answer that is lost leaves either all of the accepted
 * records or none, and the same batch can be sent again. A record that is refused holds up no other: a client that resends a batch until it is
 * accepted would otherwise never get past it. Limits that are reached append their events in the same transaction.
 */
export async function storeUsage(pool: pg.Pool, batch: UsageBatch): Promise<RecordOutcome[]> {
  return transaction(pool, async (client) => {
    const { source, records } = batch;
    const tenants = await lockMeteredTenants(
      client,
      records.map(({ tenantId }) => tenantId),
    );
    const known = await findStored(client, batch);
    const changes: Changes = { records: new Map(), replaced: [], days: new Map(), touched: [] };
    const outcomes = records.map((record) => {
      const key = keyOf(record);
      const tenant = tenants.get(record.tenantId);
      const before = known.get(key);
      const judged = judge(source, record, tenant, before);
      if (!tenant || (judged.outcome !== 'recorded' && judged.outcome !== 'corrected')) return judged;
      known.set(key, { ...record, receivedAt: tenant.now });
      if (before) changes.replaced.push({ tenantId: record.tenantId, recordId: record.recordId, ...before });
      addToDay(changes.days, record, record.value - (before?.value ?? 0));
      const meter = meterOf(tenant, record);
      changes.records.set(key, { ...record, billed: meter?.billed ?? false });
      // A plan that has lost the meter since still lets its records be corrected.
      if (meter) changes.touched.push({ tenantId: record.tenantId, day: dayOf(record.at), meter, rules: tenant.rules });
      return judged;
    });
    if (changes.records.size === 0) return outcomes;
    await write(client, source, changes);
    await noteQuotas(client, changes.touched);
    return outcomes;
  });
}

function keyOf({ tenantId, recordId }: Pick<UsageRecord, 'tenantId' | 'recordId'>): string {
  return `${tenantId} ${recordId}`;
}

function addToDay(days: Map<string, DayChange>, { tenantId, meter, at, value }: UsageRecord, added: number): void {
  const day = dayOf(at);
  const key = `${tenantId} ${meter} ${day}`;
  const before = days.get(key);
  const isNewest = !before || at >= before.latestAt;
  days.set(key, {
    tenantId,
    meter,
    day,
    total: (before?.total ?? 0) + added,
    latest: isNewest ? value : before.latest,
    latestAt: isNewest ? at : before.latestAt,
  });
}

async function findStored(db: Queryable, { source, records }: UsageBatch): Promise<Map<string, StoredRecord>> {
  const { rows } = await db.query<Omit<StoredRecord, 'value'> & { tenantId: string; recordId: string; value: string }>(
    `select tenant_id as "tenantId", record_id as "recordId", meter, at, value, revision, received_at as "receivedAt"
     from usage_record join unnest($2::text[], $3::text[]) as asked (tenant_id, record_id) using (tenant_id, record_id)
     where source = $1`,
    [source, records.map(({ tenantId }) => tenantId), records.map(({ recordId }) => recordId)],
  );
  return new Map(rows.map((row) => [keyOf(row), { ...row, value: Number(row.value) }]));
}

async function write(client: Queryable, source: string, { records, replaced, days }: Changes): Promise<void> {
  await client.query(
    `insert into usage_record (tenant_id, source, record_id, meter, at, value, revision, bill_at)
     select "tenantId", $1, "recordId", meter, at, value, revision, case when billed then now() end from jsonb_to_recordset($2)
       as added ("tenantId" text, "recordId" text, meter text, at timestamptz, value bigint, revision int, billed boolean)
     on conflict (tenant_id, source, record_id) do update
     set value = excluded.value, revision = excluded.revision, received_at = excluded.received_at, bill_at = excluded.bill_at`,
    [source, JSON.stringify([...records.values()])],
  );
  await client.query(
    `insert into usage_revision (tenant_id, source, record_id, revision, value, received_at)
     select "tenantId", $1, "recordId", revision, value, "receivedAt" from jsonb_to_recordset($2)
       as added ("tenantId" text, "recordId" text, revision int, value bigint, "receivedAt" timestamptz)`,
    [source, JSON.stringify(replaced)],
  );
  await client.query(
    `insert into usage_day as known (tenant_id, meter, day, total, latest, latest_at)
     select "tenantId", meter, day, total, latest, "latestAt" from jsonb_to_recordset($1)
       as added ("tenantId" text, meter text, day date, total numeric, latest bigint, "latestAt" timestamptz)
     on conflict (tenant_id, meter, day) do update
     set total = known.total + excluded.total,
       latest = case when excluded.latest_at >= known.latest_at then excluded.latest else known.latest end,
       latest_at = greatest(excluded.latest_at, known.latest_at)`,
    [JSON.stringify([...days.values()])],
  );
}
