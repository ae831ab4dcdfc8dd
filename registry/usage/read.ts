import type { TenantMeter } from '../../contract/usage/meters';
import { dayOf, periodOf, type Period } from '../../contract/usage/periods';
import type { QuotaPeriod } from '../../contract/usage/usage';
import type { Queryable } from '../database';
import { USED } from './quotas';

/** What a tenant has used of a meter in the period of its limit that goes on at present. */
export interface CurrentUse extends Period {
  meter: string;
  used: number;
}

/** What was used of a meter in a day or month. */
export interface PastUse {
  meter: string;
  /** The day, or the first day of the month. */
  begins: string;
  used: number;
}

/** What is used of each meter in the period in which `now` is. */
export async function readCurrentUse(
  db: Queryable,
  tenantId: string,
  meters: readonly TenantMeter[],
  now: Date,
): Promise<CurrentUse[]> {
  const asked = meters.map(({ meter, aggregation, per }) => ({
    tenant_id: tenantId,
    meter,
    aggregation,
    ...periodOf(per, dayOf(now)),
  }));
  const { rows } = await db.query<Omit<CurrentUse, 'used'> & { used: string | null }>(
    `select meter, begins::text, ends::text, ${USED} as used
     from jsonb_to_recordset($1) as asked (tenant_id text, meter text, aggregation text, begins date, ends date)`,
    [JSON.stringify(asked)],
  );
  return rows.map((row) => ({ ...row, used: Number(row.used ?? 0) }));
}

/** What was used of each meter from `begins` (inclusive) to `ends` (exclusive), by day or month, oldest first; periods without usage are left out. */
export async function readPastUse(
  db: Queryable,
  {
    tenantId,
    meters,
    begins,
    ends,
    by,
  }: { tenantId: string; meters: readonly TenantMeter[]; by: QuotaPeriod } & Period,
): Promise<PastUse[]> {
  const { rows } = await db.query<Omit<PastUse, 'used'> & { used: string }>(
    `select meter, date_trunc($5, day::timestamp)::date::text as begins,
       case when meter = any($6) then (array_agg(latest order by day desc))[1] else sum(total) end as used
     from usage_day where tenant_id = $1 and meter = any($2) and day >= $3 and day < $4
     group by 1, 2 order by 1, 2`,
    [
      tenantId,
      meters.map(({ meter }) => meter),
      begins,
      ends,
      by,
      meters.filter(({ aggregation }) => aggregation === 'last').map(({ meter }) => meter),
    ],
  );
  return rows.map((row) => ({ ...row, used: Number(row.used) }));
}
