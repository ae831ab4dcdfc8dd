import type { TenantProvisioningRequest } from '../contract/orders/order';
import type { Violation } from './check-order';

/** A region and its jurisdiction. */
export interface Place {
  region: string;
  jurisdiction: string;
}

/** Whether a region satisfies an order's residency: it is the region or lies in the jurisdiction that the data must never leave. */
export function satisfiesResidency({ region, jurisdiction }: Place, residency: string | undefined): boolean {
  if (residency === undefined) return true;
  return [region, jurisdiction].some((place) => place.toLowerCase() === residency.toLowerCase());
}

/**
 * Errors in an order's choice of place: the region does not exist, or no possible region satisfies the residency. The same places give the same
 * words, in whatever order they come.
 */
export function checkPlace({ region, compliance }: TenantProvisioningRequest, possible: readonly Place[]): Violation[] {
  const places = [...possible].sort((a, b) => a.region.localeCompare(b.region));
  const named = region === undefined ? places : places.filter((place) => place.region === region);
  if (named.length === 0) {
    const names = places.map((place) => place.region).join(', ');
    const message = `There is no region ${region}. Choose one of: ${names}. \`GET /v1/regions\` lists the plans that each serves.`;
    return [{ pointer: '/region', type: 'RegionNotFound', message }];
  }
  const residency = compliance?.dataResidency;
  if (named.some((place) => satisfiesResidency(place, residency))) return [];
  const names = places.map((place) => `${place.region} (${place.jurisdiction})`).join(', ');
  const asked = region === undefined ? '' : ` in ${region}`;
  const message = `Data residency ${residency} is not possible${asked}. Possible regions are: ${names}.`;
  return [{ pointer: '/compliance/dataResidency', type: 'ResidencyNotPossible', message }];
}

/** Whether a violation is one of {@link checkPlace}. */
export function isAboutPlace({ type }: Violation): boolean {
  return type === 'RegionNotFound' || type === 'ResidencyNotPossible';
}
