import type { TenantProvisioningRequest } from '../contract/order';
import type { Violation } from './check-order';

/** A region and the law it lies under. */
export interface Place {
  region: string;
  jurisdiction: string;
}

/** Whether a region is, or lies in, the place that an order says its data never leaves. */
export function satisfiesResidency({ region, jurisdiction }: Place, residency: string | undefined): boolean {
  if (residency === undefined) return true;
  return [region, jurisdiction].some((place) => place.toLowerCase() === residency.toLowerCase());
}

/** What is wrong with where an order asks to be: no such region, or none of the ones it may go to satisfies its residency. */
export function checkPlace({ region, compliance }: TenantProvisioningRequest, places: readonly Place[]): Violation[] {
  const named = region === undefined ? places : places.filter((place) => place.region === region);
  if (named.length === 0) {
    const names = places.map((place) => place.region).join(', ');
    const message = `There is no region ${region}. Choose one of: ${names}. \`GET /v1/regions\` says which plans each serves.`;
    return [{ pointer: '/region', type: 'RegionNotFound', message }];
  }
  const residency = compliance?.dataResidency;
  if (named.some((place) => satisfiesResidency(place, residency))) return [];
  const possible = places.map((place) => `${place.region} (${place.jurisdiction})`).join(', ');
  const asked = region === undefined ? '' : ` in ${region}`;
  const message = `Data residency ${residency} is not possible${asked}. Possible are: ${possible}.`;
  return [{ pointer: '/compliance/dataResidency', type: 'ResidencyNotPossible', message }];
}
