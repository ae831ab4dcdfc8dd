import type { RegionSettings } from '../config/regions';
import type { TenantProvisioningRequest } from '../contract/order';
import { describeTransfer, forbiddenTransfers, type Bounds, type Transfer } from '../contract/transfers';
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
 * The region an order goes to: the one it names, else the first that satisfies its residency, keeps its data where it may be, can serve the
 * plan and has room. Throws the most telling reason when there is none: no such region, residency, a transfer, a missing capability, or
 * capacity – naming what is possible.
 */
export async function chooseRegion(
  dependencies: Dependencies,
  order: TenantProvisioningRequest,
  template: ProvisioningTemplate,
): Promise<RegionSettings> {
  const named = regionsNamed(dependencies.regions, order.region);
  const resident = regionsResident(dependencies.regions, named, order.compliance?.dataResidency);
  const keeping = regionsKeeping(resident, order, template);
  const able: RegionSettings[] = [];
  const unable: string[] = [];
  for (const region of keeping) {
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

/** Whether a region is, or lies in, the place that an order says its data never leaves. */
export function satisfiesResidency({ name, jurisdiction }: RegionSettings, residency: string | undefined): boolean {
  if (residency === undefined) return true;
  return [name, jurisdiction].some((place) => place.toLowerCase() === residency.toLowerCase());
}

/** Those of the regions that send nothing of the tenant where it may not be. */
function regionsKeeping(
  regions: RegionSettings[],
  order: TenantProvisioningRequest,
  template: ProvisioningTemplate,
): RegionSettings[] {
  const refusals = regions.map((region) => {
    const bounds = boundsOf(region, order);
    return { region, bounds, transfers: forbiddenTransfers(transfersOf(region, order, template), bounds) };
  });
  const keeping = refusals.filter(({ transfers }) => transfers.length === 0).map(({ region }) => region);
  if (keeping.length > 0) return keeping;
  const reasons = refusals.map(
    ({ region, bounds, transfers }) =>
      `${region.name}: ${transfers.map((transfer) => describeTransfer(transfer, bounds)).join('; ')}`,
  );
  throw failure('TransferNotAllowed', `No region may serve this order. ${reasons.join('. ')}.`, {
    pointer: refusals[0]!.transfers[0]!.pointer,
  });
}

function boundsOf(region: RegionSettings, order: TenantProvisioningRequest): Bounds {
  const { jurisdiction, allowedJurisdictions = [] } = region;
  return { jurisdiction, alsoAllowed: allowedJurisdictions, residency: order.compliance?.dataResidency };
}

/** Everything of a tenant that would leave the region, as far as the regions file and the template tell. */
function transfersOf(
  { database, storage }: RegionSettings,
  { configuration }: TenantProvisioningRequest,
  template: ProvisioningTemplate,
): Transfer[] {
  const residency = '/compliance/dataResidency';
  const standbys = database.cells.flatMap(({ name, replicas = [] }) =>
    replicas.map((to): Transfer => ({
      rule: 'transfer.replica',
      what: `a standby of ${name}`,
      to,
      pointer: residency,
    })),
  );
  const copies = (storage.replicas ?? []).map((to): Transfer => ({
    rule: 'transfer.backup',
    what: `a copy of ${storage.name}`,
    to,
    pointer: residency,
  }));
  const calls = (configuration.integrations ?? []).flatMap((name, index): Transfer[] => {
    const to = template.configuration.integrations.find((offered) => offered.name === name)?.jurisdiction;
    const pointer = `/configuration/integrations/${index}`;
    return to === undefined ? [] : [{ rule: 'transfer.integration', what: `the integration ${name}`, to, pointer }];
  });
  return [...calls, ...standbys, ...copies];
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
  const found = named.filter((region) => satisfiesResidency(region, residency));
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
    retentionPeriod: order.compliance?.retentionPeriod,
    ...resources.storage,
  });
  if (order.compliance?.encryptionLevel === 'enhanced' && !keys.hasOwnKeys(region.name))
    unmet.push('encryption level "enhanced" needs a key of the tenant’s own, and the region has no key management');
  if (resources.compute.model === 'namespace' && !kubernetes.has(region.name))
    unmet.push(`plan ${subscriptionPlan} needs a Kubernetes cluster and the region has none`);
  return unmet;
}
