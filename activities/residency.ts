import { GLOBAL_REGION } from '../contract/sweeps';
import type { LedgerRow } from '../registry/ledger';
import type { RegionSettings } from '../config/regions';
import type { TenantProvisioningRequest } from '../contract/order';
import { satisfiesResidency } from '../templates/check-place';
import type { Check } from './check';
import { placeOf } from './placement';

/** Asked when the tenant is given its place: does that place satisfy the order as it is now? */
export function reservationCheck(region: RegionSettings, order: TenantProvisioningRequest): Check {
  const residency = order.compliance?.dataResidency;
  return {
    id: 'residency.reservation',
    claim: `the region reserved satisfies the residency of the order (${residency ?? 'none asked for'})`,
    passed: satisfiesResidency(placeOf(region), residency),
    answered: `${region.name} in ${region.jurisdiction}`,
  };
}

/** What the ledger says of where things lie: its regions, and those inside the providers' own names. */
export function ledgerChecks(rows: readonly LedgerRow[], region: RegionSettings): Check[] {
  const elsewhere = rows.filter((row) => ![region.name, GLOBAL_REGION].includes(row.region));
  const arns = rows.flatMap(
    ({ kind, externalId, facts }) =>
      JSON.stringify([externalId, facts])
        .match(/arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:/g)
        ?.map((arn) => ({ kind, place: arn.split(':')[3]! })) ?? [],
  );
  // An ARN without a region is of a service that has none, or names a bucket, which is asked itself.
  const { storage, keys } = region;
  const places = ['', storage.region, ...(keys?.provider === 'aws-kms' ? [keys.region] : [])];
  const foreign = arns.filter(({ place }) => !places.includes(place));
  return [
    {
      id: 'residency.region',
      claim: 'every regional resource lies in the region of the order',
      passed: elsewhere.length === 0,
      answered: elsewhere.map((row) => `${row.kind} in ${row.region}`).join(', ') || region.name,
    },
    {
      id: 'residency.keys',
      claim: 'every key and other resource with a name of its provider’s lies in the provider’s region of the order',
      passed: foreign.length === 0,
      answered:
        foreign.map(({ kind, place }) => `${kind} in ${place}`).join(', ') || `${arns.length} names, none elsewhere`,
    },
  ];
}
