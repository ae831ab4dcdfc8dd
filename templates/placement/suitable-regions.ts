import type { TenantProvisioningRequest } from '../../contract/orders/order';
import { unmetStorageNeeds } from '../../contract/orders/storage-capabilities';
import { describeTransfer, forbiddenTransfers, type Bounds, type Transfer } from '../../contract/orders/transfers';
import type { Violation } from '../check-order';
import { checkPlace, satisfiesResidency } from '../check-place';
import type { ProvisioningTemplate } from '../template';
import type { RegionProfile } from './region-profile';

/** A region that an order cannot have, and why. */
export interface PassedOver {
  region: string;
  reason: string;
}

/** The regions that can serve an order, in their order, or the most specific reason why there is none. */
export type SuitableRegions = { passedOver: PassedOver[] } & (
  { regions: RegionProfile[]; violation?: undefined } | { violation: Violation }
);

/**
 * The regions that an order may have: the one it names, or else all that satisfy its residency, keep its data where it may be and can serve the
 * plan. Their capacity is not looked at.
 */
export function suitableRegions(
  regions: readonly RegionProfile[],
  order: TenantProvisioningRequest,
  template: ProvisioningTemplate,
): SuitableRegions {
  const residency = order.compliance?.dataResidency;
  const passedOver: PassedOver[] = [];
  const [misplaced] = checkPlace(order, regions);
  if (misplaced) return { violation: misplaced, passedOver };
  const resident = regions.filter((region) => {
    if (order.region !== undefined && order.region !== region.region) return false;
    if (satisfiesResidency(region, residency)) return true;
    passedOver.push({
      region: region.region,
      reason: `it lies in ${region.jurisdiction}, the order’s data in ${residency}`,
    });
    return false;
  });

  const refusals = resident.map((region) => {
    const bounds = boundsOf(region, order);
    const transfers = forbiddenTransfers(transfersOf(region, order, template), bounds);
    return { region, transfers, reason: transfers.map((transfer) => describeTransfer(transfer, bounds)).join('; ') };
  });
  const keeping = refusals.filter(({ transfers }) => transfers.length === 0).map(({ region }) => region);
  passedOver.push(
    ...refusals
      .filter(({ transfers }) => transfers.length > 0)
      .map(({ region, reason }) => ({ region: region.region, reason })),
  );
  if (keeping.length === 0) {
    const reasons = refusals.map(({ region, reason }) => `${region.region}: ${reason}`);
    const message = `No region may serve this order. ${reasons.join('. ')}.`;
    const { pointer } = refusals[0]!.transfers[0]!;
    return { violation: { type: 'TransferNotAllowed', message, pointer }, passedOver };
  }

  const able: RegionProfile[] = [];
  const unable: string[] = [];
  for (const region of keeping) {
    const unmet = unmetNeeds(region, order, template);
    if (unmet.length === 0) {
      able.push(region);
      continue;
    }
    const reason = unmet.map((need) => need.replace(/\.$/, '')).join('; ');
    unable.push(`${region.region}: ${reason}`);
    passedOver.push({ region: region.region, reason });
  }
  if (able.length > 0) return { regions: able, passedOver };
  const message = `No region can serve this order. ${unable.join('. ')}.`;
  const pointer = needsOwnKey(keeping, order, template) ? '/compliance/encryptionLevel' : '/region';
  return { violation: { type: 'CapabilityMissing', message, pointer }, passedOver };
}

/** What an order or a plan needs and the region does not have; empty if it can serve them. */
export function unmetNeeds(
  region: RegionProfile,
  { compliance }: Pick<TenantProvisioningRequest, 'compliance'>,
  { monitoring, resources, subscriptionPlan }: ProvisioningTemplate,
): string[] {
  const unmet = unmetStorageNeeds(region.storage.capabilities, {
    encryptionLevel: compliance?.encryptionLevel,
    retentionPeriod: compliance?.retentionPeriod,
    ...resources.storage,
  });
  if (compliance?.encryptionLevel === 'enhanced' && !region.hasOwnKeys)
    unmet.push('encryption level "enhanced" needs a key of the tenant’s own, but the region has no key management');
  if (resources.compute.model === 'namespace' && !region.hasCluster)
    unmet.push(`plan ${subscriptionPlan} needs a Kubernetes cluster, but the region has none`);
  if (monitoring && region.monitoringDays === undefined)
    unmet.push(`plan ${subscriptionPlan} needs servers for metrics and logs, but the region has none`);
  else if (monitoring && region.monitoringDays! < monitoring.retentionDays)
    unmet.push(
      `plan ${subscriptionPlan} keeps metrics and logs for ${monitoring.retentionDays} days, the region for ${region.monitoringDays}`,
    );
  return unmet;
}

function boundsOf({ jurisdiction, allowedJurisdictions }: RegionProfile, order: TenantProvisioningRequest): Bounds {
  return { jurisdiction, alsoAllowed: allowedJurisdictions, residency: order.compliance?.dataResidency };
}

/** Every transfer of the tenant's data to another jurisdiction, as far as the regions file and the template declare it. */
function transfersOf(
  { standbys, storage }: RegionProfile,
  { configuration }: TenantProvisioningRequest,
  template: ProvisioningTemplate,
): Transfer[] {
  const pointer = '/compliance/dataResidency';
  const calls = (configuration.integrations ?? []).flatMap((name, index): Transfer[] => {
    const to = template.configuration.integrations.find((offered) => offered.name === name)?.jurisdiction;
    const at = `/configuration/integrations/${index}`;
    return to === undefined ? [] : [{ rule: 'transfer.integration', what: `the integration ${name}`, to, pointer: at }];
  });
  return [
    ...calls,
    ...standbys.map(({ cell, to }): Transfer => ({
      rule: 'transfer.replica',
      what: `a standby of ${cell}`,
      to,
      pointer,
    })),
    ...storage.copiesTo.map((to): Transfer => ({
      rule: 'transfer.backup',
      what: `a copy of ${storage.name}`,
      to,
      pointer,
    })),
  ];
}

/** Whether one of the regions could serve the order at the standard encryption level, so that the level is what to correct. */
function needsOwnKey(
  regions: readonly RegionProfile[],
  order: TenantProvisioningRequest,
  template: ProvisioningTemplate,
): boolean {
  if (order.compliance?.encryptionLevel !== 'enhanced') return false;
  const standard = { compliance: { ...order.compliance, encryptionLevel: 'standard' as const } };
  return regions.some((region) => unmetNeeds(region, standard, template).length === 0);
}
