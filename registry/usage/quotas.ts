import type pg from 'pg';
import type { QuotaRules, TenantMeter } from '../../contract/usage/meters';
import { periodOf } from '../../contract/usage/periods';
import type { QuotaLevel } from '../../contract/usage/usage';
import { appendEvents } from '../events/append';

/** A meter to which a batch has added something on a day. */
export interface TouchedMeter {
  tenantId: string;
  day: string;
  meter: TenantMeter;
  rules: QuotaRules;
}

interface Crossed {
  tenantId: string;
  meter: string;
  level: QuotaLevel;
  used: string;
  quota: string;
  begins: string;
  ends: string;
}

/**
 * SQL expression for what was used in a period: of all days together, or on the newest of them. It reads `tenant_id`, `meter`, `aggregation`,
 * `begins` and `ends` of `asked`.
 */
export const USED = `case asked.aggregation
  when 'sum' then (select sum(total) from usage_day where usage_day.tenant_id = asked.tenant_id and usage_day.meter = asked.meter
    and day >= asked.begins and day < asked.ends)
  else (select latest from usage_day where usage_day.tenant_id = asked.tenant_id and usage_day.meter = asked.meter
    and day >= asked.begins and day < asked.ends order by day desc limit 1) end`;

/**
 * Appends an event for each meter that has come near its limit or reached it, once for each period. Usage that goes from below the threshold to
 * the limit in one step is only reported as having reached it. Call it in the transaction that has written the usage.
 */
export async function noteQuotas(client: pg.PoolClient, touched: readonly TouchedMeter[]): Promise<void> {
  const asked = new Map<string, object>();
  for (const { tenantId, day, meter, rules } of touched) {
    if (meter.limit === undefined) continue;
    const { begins, ends } = periodOf(meter.per, day);
    asked.set(`${tenantId} ${meter.meter} ${begins}`, {
      tenant_id: tenantId,
      meter: meter.meter,
      aggregation: meter.aggregation,
      begins,
      ends,
      quota: meter.limit,
      near: (meter.limit * rules.nearPercent) / 100,
      attention: rules.attention,
    });
  }
  if (asked.size === 0) return;
  const { rows } = await client.query<Crossed>(
    `with asked as materialized (
       select asked.*, ${USED} as used from jsonb_to_recordset($1) as asked (tenant_id text, meter text, aggregation text, begins date,
         ends date, quota bigint, near numeric, attention boolean))
     insert into usage_quota (tenant_id, meter, period_begins, period_ends, level, used, quota, attention)
     select tenant_id, meter, begins, ends, level, used, quota, attention
     from asked, lateral (values ('near', near), ('reached', quota)) as line (level, least)
     where used >= least
     on conflict do nothing
     returning tenant_id as "tenantId", meter, level, used, quota, period_begins::text as begins, period_ends::text as ends`,
    [JSON.stringify([...asked.values()])],
  );
  const reached = new Set(rows.filter(({ level }) => level === 'reached').map(periodKey));
  const news = rows.filter((row) => row.level === 'reached' || !reached.has(periodKey(row)));
  await appendEvents(
    client,
    news.map(({ tenantId, meter, level, used, quota, begins, ends }) => ({
      type: level === 'near' ? 'usage.quota-near' : 'usage.quota-reached',
      tenantId,
      data: {
        meter,
        used: Number(used),
        limit: Number(quota),
        periodBegins: new Date(begins),
        periodEnds: new Date(ends),
      },
    })),
  );
}

function periodKey({ tenantId, meter, begins }: Crossed): string {
  return `${tenantId} ${meter} ${begins}`;
}
