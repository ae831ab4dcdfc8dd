import type { TenantProvisioningRequest } from '../../contract/orders/order';
import type { Violation } from '../../templates/check-order';
import type { RegionProfile } from '../../templates/placement/region-profile';
import { suitableRegions, type PassedOver } from '../../templates/placement/suitable-regions';
import type { ProvisioningTemplate } from '../../templates/template';
import type { Queryable } from '../database';
import { missingCapacity, type Demand } from './capacity';

/** The region for an order, or why there is none. `passedOver` has the regions that came before it and the reasons against them. */
export type RegionChoice = { passedOver: PassedOver[] } & (
  { region: RegionProfile; violation?: undefined } | { violation: Violation }
);

/** The first region that can serve an order and has capacity for it. Reserves nothing. */
export async function chooseRegion(
  db: Queryable,
  regions: readonly RegionProfile[],
  order: TenantProvisioningRequest,
  template: ProvisioningTemplate,
): Promise<RegionChoice> {
  const suitable = suitableRegions(regions, order, template);
  if (suitable.violation) return suitable;
  const full: PassedOver[] = [];
  for (const region of suitable.regions) {
    const missing = await missingCapacity(db, demandOf(template.resources, region));
    if (missing.length === 0) return { region, passedOver: [...suitable.passedOver, ...full.map(withoutRoom)] };
    full.push({ region: region.region, reason: missing.join(', ') });
  }
  const where = full.map(({ region, reason }) => `${region}: ${reason}`).join('; ');
  const message = `No free capacity (${where}). Add a cell, or order in another region.`;
  // No single field is wrong, so the pointer names the order as a whole.
  const violation: Violation = { type: 'CapacityExhausted', message, pointer: '' };
  return { violation, passedOver: [...suitable.passedOver, ...full.map(withoutRoom)] };
}

/** What a plan needs of a region: one place for its database, one bucket, and milli-CPU on a cell of the right kind. */
export function demandOf(
  { compute }: ProvisioningTemplate['resources'],
  { region, computeCells }: Pick<RegionProfile, 'region' | 'computeCells'>,
): Omit<Demand, 'tenantId' | 'hostname'> {
  return {
    region,
    units: { database: 1, storage: 1, compute: compute.cpuMillis },
    computeCells: computeCells[compute.model],
  };
}

function withoutRoom({ region, reason }: PassedOver): PassedOver {
  return { region, reason: `no free capacity: ${reason}` };
}
