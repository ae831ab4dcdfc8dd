import type { RegionSettings } from '../../config/regions';
import type { TenantProvisioningRequest } from '../../contract/orders/order';
import { chooseRegion as chooseAmong, demandOf } from '../../registry/capacity/choose-region';
import type { Queryable } from '../../registry/database';
import type { RegionPlan } from '../../registry/capacity/region-offers';
import type { Place } from '../../templates/check-place';
import type { RegionProfile } from '../../templates/placement/region-profile';
import { unmetNeeds } from '../../templates/placement/suitable-regions';
import type { ProvisioningTemplate } from '../../templates/template';
import type { Dependencies, StorageWith } from '../dependencies';
import { failure } from '../../providers/port/failures';

/** The providers that decide which needs a region meets. */
interface Capabilities {
  keys: Pick<Dependencies['keys'], 'hasOwnKeys'>;
  kubernetes: Pick<Dependencies['kubernetes'], 'has'>;
  storage: StorageWith<'capabilities'>;
}

/** What {@link chooseRegion} takes. */
export interface PlacementDependencies extends Capabilities, Pick<Dependencies, 'regions'> {
  pool: Queryable;
}

/**
 * The region for an order: the one it names, or else the first that satisfies its residency, keeps its data where it may be, can serve the
 * plan and has capacity. If there is none, throws the most specific reason – no such region, residency, a transfer, a missing capability,
 * or capacity – and names what is possible.
 */
export async function chooseRegion(
  dependencies: PlacementDependencies,
  order: TenantProvisioningRequest,
  template: ProvisioningTemplate,
): Promise<RegionSettings> {
  const profiles = dependencies.regions.map((region) => profileOf(dependencies, region));
  const { violation, ...choice } = await chooseAmong(dependencies.pool, profiles, order, template);
  if (violation) {
    const { type, message, pointer } = violation;
    throw failure(type, message, pointer === '' ? {} : { pointer });
  }
  return dependencies.regions.find(({ name }) => 'region' in choice && name === choice.region.region)!;
}

/** The plans that a region can serve as they are sold, to orders without further requirements. */
export function plansServed(
  dependencies: Capabilities,
  region: RegionSettings,
  templates: readonly ProvisioningTemplate[],
): RegionPlan[] {
  const profile = profileOf(dependencies, region);
  return templates
    .filter((template) => unmetNeeds(profile, {}, template).length === 0)
    .map(({ subscriptionPlan: plan, resources }) => {
      const { units, computeCells } = demandOf(resources, profile);
      return { region: region.name, plan, cpuMillis: units.compute, computeCells };
    });
}

/** The region's name and jurisdiction, against which an order's region and residency are checked. */
export function placeOf({ name, jurisdiction }: RegionSettings): Place {
  return { region: name, jurisdiction };
}

/** The cells on which a region's tenants run. */
export function computeCellsOf({ compute }: RegionSettings): RegionProfile['computeCells'] {
  return {
    pool: compute.pool.map(({ name }) => name),
    namespace: compute.kubernetes ? [compute.kubernetes.name] : [],
  };
}

/** What decides whether a region can serve an order. */
export function profileOf({ keys, kubernetes, storage }: Capabilities, region: RegionSettings): RegionProfile {
  return {
    ...placeOf(region),
    allowedJurisdictions: region.allowedJurisdictions ?? [],
    standbys: region.database.cells.flatMap(({ name: cell, replicas = [] }) => replicas.map((to) => ({ cell, to }))),
    storage: {
      name: region.storage.name,
      provider: region.storage.provider,
      capabilities: storage.forRegion(region.name).capabilities,
      copiesTo: region.storage.replicas ?? [],
    },
    hasOwnKeys: keys.hasOwnKeys(region.name),
    hasCluster: kubernetes.has(region.name),
    monitoringDays: region.monitoring?.retentionDays,
    computeCells: computeCellsOf(region),
  };
}
