import type pg from 'pg';
import type { MeasuredMeter } from '../../contract/usage/meters';
import { OWN_SOURCE } from '../../contract/usage/usage';
import { maybeOne, type Queryable } from '../database';
import { storeUsage } from './store';

/** Hours in which a meter of a tenant is measured once, so that a year of measurements stays small. */
const EVERY_HOURS = 6;

/** A level that this program has measured. */
export interface UsageMeasurement {
  tenantId: string;
  meter: MeasuredMeter;
  /** In bytes. */
  value: number;
  at: Date;
}

/** Whether a meter of a tenant has not been measured yet in these hours. */
export async function isMeasurementDue(
  db: Queryable,
  { tenantId, meter, at }: Omit<UsageMeasurement, 'value'>,
): Promise<boolean> {
  const row = await maybeOne(db, `select from usage_record where tenant_id = $1 and source = $2 and record_id = $3`, [
    tenantId,
    OWN_SOURCE,
    recordIdOf(meter, at),
  ]);
  return row === undefined;
}

/** Stores a measurement like usage that an application reports. The first one in {@link EVERY_HOURS} hours counts; later ones are ignored. */
export async function storeMeasurement(pool: pg.Pool, { meter, at, ...measured }: UsageMeasurement): Promise<void> {
  const record = { ...measured, meter, at, recordId: recordIdOf(meter, at), revision: 1 };
  await storeUsage(pool, { source: OWN_SOURCE, records: [record] });
}

function recordIdOf(meter: MeasuredMeter, at: Date): string {
  const hour = Math.floor(at.getUTCHours() / EVERY_HOURS) * EVERY_HOURS;
  return `${meter}-${at.toISOString().slice(0, 10)}T${String(hour).padStart(2, '0')}`;
}
