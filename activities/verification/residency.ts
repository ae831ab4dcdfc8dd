import { GLOBAL_REGION } from '../../contract/maintenance/sweeps';
import type { LedgerRow } from '../../registry/ledger/ledger';
import type { RegionSettings } from '../../config/regions';
import type { TenantProvisioningRequest } from '../../contract/orders/order';
import { satisfiesResidency } from '../../templates/check-place';
import type { Check } from '../../providers/port/check';
import { placeOf } from '../provision/placement';

/** The check made when the tenant's place is reserved: whether it satisfies the residency that the order asks for now. */
export function reservationCheck(region: RegionSettings, order: TenantProvisioningRequest): Check {
  const residency = order.compliance?.dataResidency;
  return {
    id: 'residency.reservation',
    claim: `the reserved region satisfies the residency of the order (${residency ?? 'none requested'})`,
    passed: satisfiesResidency(placeOf(region), residency),
    answered: `${region.name} in ${region.jurisdiction}`,
  };
}

/** Checks of where the ledger says that resources are: by its regions, and by the regions inside the providers' own names. */
export function ledgerChecks(rows: readonly LedgerRow[], region: RegionSettings): Check[] {
  const elsewhere = rows.filter((row) => ![region.name, GLOBAL_REGION].includes(row.region));
  const arns = rows.flatMap(
    ({ kind, externalId, facts }) =>
      JSON.stringify([externalId, facts])
        .match(/arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:/g)
        ?.map((arn) => ({ kind, place: arn.split(':')[3]! })) ?? [],
  );
  // An ARN without a region belongs to a service that has none, or names a bucket, whose place another check asks for.
  const { storage, keys } = region;
  const places = ['', storage.region, ...(keys?.provider === 'aws-kms' ? [keys.region] : [])];
  const foreign = arns.filter(({ place }) => !places.includes(place));
  return [
    {
      id: 'residency.region',
      claim: 'every regional resource is in the region of the order',
      passed: elsewhere.length === 0,
      answered: elsewhere.map((row) => `${row.kind} in ${row.region}`).join(', ') || region.name,
    },
    {
      id: 'residency.keys',
      claim: 'every key and every other resource that its provider has named is in the provider’s region of the order',
      passed: foreign.length === 0,
      answered:
        foreign.map(({ kind, place }) => `${kind} in ${place}`).join(', ') || `${arns.length} names, none elsewhere`,
    },
  ];
}
