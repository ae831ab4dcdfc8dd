import type { Plan } from '../../../contract/orders/order';
import type { Attention } from '../../../contract/schemas/platform/attention-schema';
import { BILLABLE_DAYS } from '../../../contract/usage/billing';
import type { Queryable } from '../../database';
import { readCounted } from './counted';

/**
 * Usage that the billing provider refuses, or that it may or may not count because it gave no answer. A correction of the record settles it, so only
 * events of the newest revision are shown; and none so old that the provider takes nothing for it any more.
 */
export async function readUnbilled(db: Queryable): Promise<NonNullable<Attention['unbilled']>> {
  const { count, rows } = await readCounted<{
    tenantId: string;
    tenantName: string;
    plan: Plan;
    meter: string;
    state: 'refused' | 'unknown';
    records: number;
    since: Date;
  }>(db, {
    columns: `tenant_id as "tenantId", tenant_name as "tenantName", plan, meter, found.state, records, since`,
    from: `(select event.tenant_id, meter, event.state, count(*)::int as records, min(received_at) as since
       from usage_meter_event event join usage_record record using (tenant_id, source, record_id, revision)
       where event.state in ('refused', 'unknown') and at > now() - make_interval(days => ${BILLABLE_DAYS}) group by event.tenant_id, meter, event.state) found
       join tenant using (tenant_id)`,
    where: 'true',
    orderBy: 'since, tenant_id, meter, found.state',
  });
  return { count, items: rows.map(({ since, ...row }) => ({ ...row, since: since.toISOString() })) };
}
