import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import type { RecordOutcome, UsageRecord } from '../../../contract/usage/usage';
import { storeUsage } from '../../../registry/usage/store';
import { activeTenant } from './accepted';
import type { TestRegistry } from '../registry';

/** When these tests' tenants were ordered: long enough ago for usage of earlier months. */
const ORDERED_DAYS_AGO = 399;

/** An active tenant that was ordered more than a year ago. `template` replaces values of its template, by path such as `{usage,attention}`. */
export async function meteredTenant(registry: TestRegistry, template: Record<string, unknown> = {}): Promise<string> {
  const { tenantId } = await activeTenant(registry);
  await registry.pool.query(`update tenant set created_at = now() - make_interval(days => $2) where tenant_id = $1`, [
    tenantId,
    ORDERED_DAYS_AGO,
  ]);
  for (const [path, value] of Object.entries(template))
    await registry.pool.query(`update tenant set template = jsonb_set(template, $2::text[], $3) where tenant_id = $1`, [
      tenantId,
      path,
      JSON.stringify(value),
    ]);
  return tenantId;
}

/** A record of ten API requests just now; each has an id of its own. */
export function usageRecord(tenantId: string, changes: Partial<UsageRecord> = {}): UsageRecord {
  return {
    tenantId,
    recordId: randomUUID(),
    meter: 'api_requests',
    at: new Date(),
    value: 10,
    revision: 1,
    ...changes,
  };
}

/** Stores records as an application does. */
export function store(pool: pg.Pool, ...records: UsageRecord[]): Promise<RecordOutcome[]> {
  return storeUsage(pool, { source: 'application', records });
}
