import type { TenantProvisioningRequest } from '../../contract/orders/order';
import type { OrderPreview } from '../../contract/schemas/preview-schema';
import { previewPlacement, type Candidate, type Demand } from '../../registry/capacity/capacity';
import { chooseRegion, demandOf, type RegionChoice } from '../../registry/capacity/choose-region';
import { listRegionProfiles } from '../../registry/capacity/region-profiles';
import type { Queryable } from '../../registry/database';
import type { Violation } from '../../templates/check-order';
import { isAboutPlace } from '../../templates/check-place';
import { plannedResources } from '../../templates/placement/planned-resources';
import type { RegionProfile } from '../../templates/placement/region-profile';
import type { ProvisioningTemplate } from '../../templates/template';

/** What a preview says about the place of a tenant. */
export type PlaceParts = Pick<OrderPreview, 'region' | 'capacity' | 'residency' | 'resources'>;

/**
 * The region that the worker would choose for an order; undefined until a worker has registered its regions. An order that is refused for its
 * place gets no second reason: the refusal knows every region ever registered, the worker only those of its file, so their words can differ.
 */
export async function previewRegion(
  db: Queryable,
  order: TenantProvisioningRequest,
  template: ProvisioningTemplate,
  refused: readonly Violation[],
): Promise<RegionChoice | undefined> {
  const misplaced = refused.find(isAboutPlace);
  if (misplaced) return { violation: misplaced, passedOver: [] };
  const regions = await listRegionProfiles(db);
  return regions.length === 0 ? undefined : chooseRegion(db, regions, order, template);
}

/** What follows from the choice of a region. */
export async function previewPlace(
  db: Queryable,
  choice: RegionChoice,
  order: TenantProvisioningRequest,
  template: ProvisioningTemplate,
): Promise<PlaceParts> {
  if (choice.violation) {
    const { type, message } = choice.violation;
    return type === 'ResidencyNotPossible' ? { residency: verdict(order, false, message) } : {};
  }
  const { region, passedOver } = choice;
  const demand = demandOf(template.resources, region);
  const { cells, candidates } = await previewPlacement(db, demand);
  return {
    region: {
      region: region.region,
      jurisdiction: region.jurisdiction,
      chosen: order.region === undefined ? 'first-suitable' : 'named',
      passedOver,
      cells,
    },
    capacity: roomOf(demand.units, candidates),
    residency: verdict(order, true, `${region.region} lies in ${region.jurisdiction}. ${promiseOf(order, region)}`),
    resources: plannedResources(order, template, region),
  };
}

/** How many tenants with these needs fit into cells: each takes its compute from a single cell. */
export function roomOf(
  units: Demand['units'],
  candidates: Record<keyof Demand['units'], Candidate[]>,
): NonNullable<OrderPreview['capacity']> {
  const fitting = (kind: keyof Demand['units']): number =>
    candidates[kind].reduce((sum, { free }) => sum + Math.max(0, Math.floor(free / units[kind])), 0);
  const added = (kind: keyof Demand['units']): { capacity: number; free: number } => ({
    capacity: candidates[kind].reduce((sum, { capacity }) => sum + capacity, 0),
    free: candidates[kind].reduce((sum, { free }) => sum + Math.max(0, free), 0),
  });
  return {
    places: Math.min(fitting('database'), fitting('storage'), fitting('compute')),
    database: added('database'),
    storage: added('storage'),
    compute: added('compute'),
  };
}

function verdict(
  { compliance }: TenantProvisioningRequest,
  satisfied: boolean,
  explanation: string,
): NonNullable<OrderPreview['residency']> {
  return { ...(compliance ? { required: compliance.dataResidency } : {}), satisfied, explanation };
}

function promiseOf({ compliance }: TenantProvisioningRequest, { allowedJurisdictions }: RegionProfile): string {
  if (compliance) return `The data stays in ${compliance.dataResidency}.`;
  const others = allowedJurisdictions.join(', ');
  return `The order requires no residency${others === '' ? '' : `, so its data may also enter ${others}`}.`;
}
