import { isMeasured, MEASURED_METERS, type QuotaRules, type TenantMeter } from '../contract/usage/meters';
import type { Aggregation } from '../contract/usage/usage';
import type { MeterTemplate } from './billing-template';
import type { ProvisioningTemplate } from './template';

/** Share of a limit, in percent, at which a tenant is near it, unless the template names another. */
const NEAR_PERCENT = 80;

/** The parts of a template that say what is metered. */
export interface MeteredTemplate extends Pick<ProvisioningTemplate, 'usage'> {
  billing: Pick<ProvisioningTemplate['billing'], 'meters'>;
  configuration: Pick<ProvisioningTemplate['configuration'], 'features'>;
  resources: { storage: Pick<ProvisioningTemplate['resources']['storage'], 'quotaGb'> };
}

/** What a period's usage is made of. Bytes that the product measures are always a level. */
export function aggregationOf({ eventName, aggregation }: MeterTemplate): Aggregation {
  return isMeasured(eventName) ? 'last' : (aggregation ?? 'sum');
}

/** The meters of a tenant with this template: those of its plan, and those that the product measures itself. */
export function metersOf({ billing, configuration, resources }: MeteredTemplate): TenantMeter[] {
  const limitOf = (feature: string | undefined): number | undefined =>
    configuration.features.find(({ key }) => key === feature)?.limit;
  const measuredLimits = { storage_bytes: resources.storage.quotaGb * 1e9, database_bytes: undefined };
  const planned = billing.meters.map((planned): TenantMeter => ({
    meter: planned.eventName,
    displayName: planned.displayName,
    aggregation: aggregationOf(planned),
    per: planned.per ?? 'month',
    limit: isMeasured(planned.eventName) ? measuredLimits[planned.eventName] : limitOf(planned.feature),
    billed: true,
  }));
  const measured = Object.entries(MEASURED_METERS).map(([meter, displayName]): TenantMeter => ({
    meter,
    displayName,
    aggregation: 'last',
    per: 'month',
    limit: isMeasured(meter) ? measuredLimits[meter] : undefined,
    billed: false,
  }));
  return [...planned, ...measured.filter(({ meter }) => !planned.some((each) => each.meter === meter))];
}

/** How a template treats limits that a tenant comes near. */
export function quotaRulesOf({ usage }: MeteredTemplate): QuotaRules {
  return { nearPercent: usage?.nearPercent ?? NEAR_PERCENT, attention: usage?.attention ?? false };
}
