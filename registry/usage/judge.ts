import { isMeasured, type TenantMeter } from '../../contract/usage/meters';
import {
  CLOCK_SECONDS,
  OWN_SOURCE,
  USAGE_DAYS,
  type RecordOutcome,
  type UsageRecord,
} from '../../contract/usage/usage';
import type { MeteredTenant } from './metered-tenants';

/** A record that is there already. */
export type KnownRecord = Pick<UsageRecord, 'meter' | 'at' | 'value' | 'revision'>;

/** What becomes of a record from `source`, given its tenant and the record of the same identity that is there already. */
export function judge(
  source: string,
  record: UsageRecord,
  tenant: MeteredTenant | undefined,
  known: KnownRecord | undefined,
): RecordOutcome {
  if (!tenant) return { outcome: 'refused', reason: 'no-tenant' };
  if (tenant.state === 'gone') return { outcome: 'refused', reason: 'gone' };
  if (tenant.state === 'provisioning') return { outcome: 'refused', reason: 'not-provisioned' };
  if (known) return compare(record, known);
  if (!meterOf(tenant, record)) return { outcome: 'refused', reason: 'no-meter' };
  if (isMeasured(record.meter) && source !== OWN_SOURCE) return { outcome: 'refused', reason: 'measured-here' };
  const ageSeconds = (tenant.now.getTime() - record.at.getTime()) / 1000;
  if (ageSeconds < -CLOCK_SECONDS) return { outcome: 'refused', reason: 'future' };
  if (ageSeconds > USAGE_DAYS * 86_400) return { outcome: 'refused', reason: 'too-old' };
  if (record.at < tenant.orderedAt) return { outcome: 'refused', reason: 'before-tenant' };
  return { outcome: 'recorded' };
}

/** The meter of a record in its tenant's plan. */
export function meterOf(tenant: MeteredTenant, { meter }: Pick<UsageRecord, 'meter'>): TenantMeter | undefined {
  return tenant.meters.find((each) => each.meter === meter);
}

/** Revisions may arrive in any order and more than once: the highest one counts. */
function compare({ meter, at, value, revision }: UsageRecord, known: KnownRecord): RecordOutcome {
  const isSameUse = meter === known.meter && at.getTime() === known.at.getTime();
  if (revision < known.revision) return { outcome: 'outdated' };
  if (revision === known.revision && isSameUse && value === known.value) return { outcome: 'duplicate' };
  if (revision === known.revision || !isSameUse) return { outcome: 'refused', reason: 'differs' };
  return { outcome: 'corrected' };
}
