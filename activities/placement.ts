import type { RegionSettings } from '../config/regions';
import type { TenantProvisioningRequest } from '../contract/order';
import { missingCapacity, type Demand } from '../registry/capacity';
import type { ProvisioningTemplate } from '../templates/template';
import { unmetStorageNeeds } from './adapters/storage/capabilities';
import type { Dependencies } from './dependencies';
import { failure } from './failures';

/** What a plan takes of a region: one place for its database, one bucket, and milli-CPU on a cell of the right kind. */
export function demandOf(
  { compute }: ProvisioningTemplate['resources'],
  region: RegionSettings,
): Omit<Demand, 'tenantId' | 'hostname'> {
  const cells = compute.model === 'namespace' ? [region.compute.kubernetes] : region.compute.pool;
  return {
    region: region.name,
    units: { database: 1, storage: 1, compute: compute.cpuMillis },
    computeCells: cells.flatMap((cell) => (cell ? [cell.name] : [])),
  };
}

/**
 * The region an order goes to: the one it names, else the first that satisfies its residency, can serve the plan and has room. Throws the
 * most telling reason when there is none: no such region, residency, a missing capability, or capacity – naming what is possible.
 */
export async function chooseRegion(
  dependencies: Dependencies,
  order: TenantProvisioningRequest,
  template: ProvisioningTemplate,
): Promise<RegionSettings> {
  const named = regionsNamed(dependencies.regions, order.region);
  const resident = regionsResident(dependencies.regions, named, order.compliance?.dataResidency);
  const able: RegionSettings[] = [];
  const unable: string[] = [];
  for (const region of resident) {
    const unmet = unmetNeeds(dependencies, region, order, template);
    if (unmet.length === 0) able.push(region);
    else unable.push(`${region.name}: ${unmet.map((reason) => reason.replace(/\.$/, '')).join('; ')}`);
  }
  if (able.length === 0)
    throw failure('CapabilityMissing', `No region can serve this order. ${unable.join('. ')}.`, { pointer: '/region' });

  const full: string[] = [];
  for (const region of able) {
    const missing = await missingCapacity(dependencies.pool, demandOf(template.resources, region));
    if (missing.length === 0) return region;
    full.push(`${region.name}: ${missing.join(', ')}`);
  }
  throw failure('CapacityExhausted', `No free capacity (${full.join('; ')}). Add a cell, or order in another region.`);
}

function regionsNamed(all: RegionSettings[], name: string | undefined): RegionSettings[] {
  if (name === undefined) return all;
  const found = all.filter((region) => region.name === name);
  if (found.length > 0) return found;
  const names = all.map((region) => region.name).join(', ');
  throw failure('RegionNotFound', `There is no region ${name}. Choose one of: ${names}.`, { pointer: '/region' });
}

function regionsResident(
  all: RegionSettings[],
  named: RegionSettings[],
  residency: string | undefined,
): RegionSettings[] {
  if (residency === undefined) return named;
  const satisfies = (region: RegionSettings): boolean =>
    [region.name, region.jurisdiction].some((place) => place.toLowerCase() === residency.toLowerCase());
  const found = named.filter(satisfies);
  if (found.length > 0) return found;
  const possible = all.map((region) => `${region.name} (${region.jurisdiction})`).join(', ');
  const asked = named.length === all.length ? '' : ` in ${named.map((region) => region.name).join(', ')}`;
  throw failure(
    'ResidencyNotPossible',
    `Data residency ${residency} is not possible${asked}. Possible are: ${possible}.`,
    {
      pointer: '/compliance/dataResidency',
    },
  );
}

function unmetNeeds(
  { keys, storage, kubernetes }: Dependencies,
  region: RegionSettings,
  order: TenantProvisioningRequest,
  { resources, subscriptionPlan }: ProvisioningTemplate,
): string[] {
  const unmet = unmetStorageNeeds(storage.forRegion(region.name).capabilities, {
    encryptionLevel: order.compliance?.encryptionLevel,
    versioning: resources.storage.versioning,
  });
  if (order.compliance?.encryptionLevel === 'enhanced' && !keys.hasOwnKeys(region.name))
    unmet.push('encryption level "enhanced" needs a key of the tenant’s own, and the region has no key management');
  if (resources.compute.model === 'namespace' && !kubernetes.has(region.name))
    unmet.push(`plan ${subscriptionPlan} needs a Kubernetes cluster and the region has none`);
  return unmet;
}
