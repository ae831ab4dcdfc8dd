import type { Attention } from '../../../contract/schemas/platform/attention-schema';
import type { Plan } from '../../../contract/orders/order';
import type { QuotaLevel } from '../../../contract/usage/usage';
import type { Queryable } from '../../database';
import { readCounted } from './counted';

/** Limits that tenants are near or have reached in a period that goes on, as far as their plans want operators to see it. */
export async function readQuotas(db: Queryable): Promise<NonNullable<Attention['quotas']>> {
  const { count, rows } = await readCounted<{
    tenantId: string;
    tenantName: string;
    plan: Plan;
    meter: string;
    level: QuotaLevel;
    limit: string;
    since: Date;
    until: string;
  }>(db, {
    columns: `tenant_id as "tenantId", tenant_name as "tenantName", plan, meter, level, quota as "limit", noted_at as since,
      (period_ends - 1)::text as until`,
    from: 'usage_quota join tenant using (tenant_id)',
    where: `attention and period_ends > (now() at time zone 'utc')::date and (level = 'reached' or not exists (
      select from usage_quota more where more.tenant_id = usage_quota.tenant_id and more.meter = usage_quota.meter
        and more.period_begins = usage_quota.period_begins and more.level = 'reached'))`,
    orderBy: `level = 'reached' desc, noted_at, tenant_id, meter`,
  });
  return {
    count,
    items: rows.map(({ since, limit, ...row }) => ({ ...row, limit: Number(limit), since: since.toISOString() })),
  };
}
