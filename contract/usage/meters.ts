import type { Aggregation, QuotaPeriod } from './usage';

/** Meters that the product measures itself in every plan, in bytes. */
export const MEASURED_METERS = {
  storage_bytes: 'Bytes in the bucket, all versions',
  database_bytes: 'Bytes in the database',
} as const;

/** A name in {@link MEASURED_METERS}. */
export type MeasuredMeter = keyof typeof MEASURED_METERS;

/** Whether the product measures this meter itself. */
export function isMeasured(meter: string): meter is MeasuredMeter {
  return Object.hasOwn(MEASURED_METERS, meter);
}

/** A meter of a tenant's plan, with the limit that the tenant has. */
export interface TenantMeter {
  meter: string;
  displayName: string;
  aggregation: Aggregation;
  /** Period of the limit, and of what counts as used now. */
  per: QuotaPeriod;
  /** Absent if there is none. */
  limit?: number | undefined;
  /** Whether what is used goes to the billing provider. */
  billed: boolean;
}

/** How a plan treats limits that a tenant comes near. */
export interface QuotaRules {
  /** Share of a limit, in percent, at which a tenant is near it. */
  nearPercent: number;
  /** Whether operators see such tenants among what needs attention. */
  attention: boolean;
}
