import type { RegionSettings } from '../config/regions';
import type { TenantProvisioningRequest } from '../contract/order';
import { describeTransfer, forbiddenTransfers, type Bounds, type Transfer } from '../contract/transfers';
import { missingCapacity, type Demand } from '../registry/capacity';
import type { RegionPlan } from '../registry/region-offers';
import { checkPlace, satisfiesResidency, type Place } from '../templates/check-place';
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
  const [misplaced] = checkPlace(order, dependencies.regions.map(placeOf));
  if (misplaced) throw failure(misplaced.type, misplaced.message, { pointer: misplaced.pointer });
  const residency = order.compliance?.dataResidency;
  const resident = dependencies.regions.filter(
    (region) => (order.region ?? region.name) === region.name && satisfiesResidency(placeOf(region), residency),
  );
  const keeping = regionsKeeping(resident, order, template);
  const able: RegionSettings[] = [];
  const unable: string[] = [];
  for (const region of keeping) {
    const unmet = unmetNeeds(dependencies, region, order, template);
    if (unmet.length === 0) able.push(region);
    else unable.push(`${region.name}: ${unmet.map((reason) => reason.replace(/\.$/, '')).join('; ')}`);
  }
  if (able.length === 0)
    throw failure('CapabilityMissing', `No region can serve this order. ${unable.join('. ')}.`, {
      pointer: needsOwnKey(dependencies, keeping, order, template) ? '/compliance/encryptionLevel' : '/region',
    });

  const full: string[] = [];
  for (const region of able) {
    const missing = await missingCapacity(dependencies.pool, demandOf(template.resources, region));
    if (missing.length === 0) return region;
    full.push(`${region.name}: ${missing.join(', ')}`);
  }
  throw failure('CapacityExhausted', `No free capacity (${full.join('; ')}). Add a cell, or order in another region.`);
}

/** Which plans a region serves as they are sold, to an order that asks for nothing more. */
export function plansServed(
  dependencies: Capabilities,
  region: RegionSettings,
  templates: readonly ProvisioningTemplate[],
): RegionPlan[] {
  return templates
    .filter((template) => unmetNeeds(dependencies, region, {}, template).length === 0)
    .map(({ subscriptionPlan: plan, resources }) => {
      const { units, computeCells } = demandOf(resources, region);
      return { region: region.name, plan, cpuMillis: units.compute, computeCells };
    });
}

/** The region as what an order says of its place is held against. */
export function placeOf({ name, jurisdiction }: RegionSettings): Place {
  return { region: name, jurisdiction };
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

/** Whether one of the regions could serve the order without the encryption level it asks for: then that is what to correct. */
function needsOwnKey(
  dependencies: Dependencies,
  regions: RegionSettings[],
  order: TenantProvisioningRequest,
  template: ProvisioningTemplate,
): boolean {
  if (order.compliance?.encryptionLevel !== 'enhanced') return false;
  const standard = { ...order, compliance: { ...order.compliance, encryptionLevel: 'standard' as const } };
  return regions.some((region) => unmetNeeds(dependencies, region, standard, template).length === 0);
}

/** What tells which needs a region meets. */
type Capabilities = Pick<Dependencies, 'keys' | 'storage' | 'kubernetes'>;

function unmetNeeds(
  { keys, storage, kubernetes }: Capabilities,
  region: RegionSettings,
  order: Pick<TenantProvisioningRequest, 'compliance'>,
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
