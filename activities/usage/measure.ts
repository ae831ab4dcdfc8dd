import { isMeasurementDue, storeMeasurement } from '../../registry/usage/measurements';
import { findPlacement } from '../../registry/capacity/capacity';
import { findTenantTemplate } from '../../registry/tenants/tenants';
import type { Dependencies } from '../dependencies';

/** What {@link measureDatabase} takes. */
export interface MeasureDependencies extends Pick<Dependencies, 'pool' | 'signal'> {
  postgres: Pick<Dependencies['postgres'], 'measure'>;
}

/** Records the size of a tenant's database as its usage, if that is due. */
export async function measureDatabase(
  { pool, postgres, signal }: MeasureDependencies,
  { region, tenantId }: { region: string; tenantId: string },
): Promise<void> {
  const about = { tenantId, meter: 'database_bytes', at: new Date() } as const;
  if (!(await isMeasurementDue(pool, about))) return;
  const template = await findTenantTemplate(pool, tenantId);
  const cell = (await findPlacement(pool, tenantId))?.database;
  if (!template || cell === undefined) return;
  const { isolation } = template.resources.database;
  const value = await postgres.measure({ tenantId, region, cell, isolation, signal: signal() });
  if (value !== undefined) await storeMeasurement(pool, { ...about, value });
}
