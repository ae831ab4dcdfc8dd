import { GetBucketLocationCommand } from '@aws-sdk/client-s3';
import { dashName } from '../../contract/ids';
import type { Check } from '../port/check';
import type { Store } from './store';

/** The tenant and vault whose locations are checked. */
export interface BucketPlace {
  tenantId: string;
  /** Name of the region's vault bucket. */
  vault: string;
  signal: AbortSignal;
}

/** Asks the store for the locations of the tenant's bucket and the region's vault. Throws the client's errors. */
export async function locateBuckets(store: Store, { tenantId, vault, signal }: BucketPlace): Promise<Check[]> {
  const { endpoint, region } = store.settings;
  const [own, kept] = await Promise.all([
    locationOf(store, dashName(tenantId), signal),
    locationOf(store, vault, signal),
  ]);
  const encrypted = endpoint?.startsWith('http:') !== true;
  return [
    {
      id: 'residency.bucket',
      claim: `the tenant’s bucket is in ${region} of the store of ${store.region}`,
      passed: own === region,
      answered: own,
    },
    {
      id: 'residency.vault',
      claim: `the vault with the tenant’s backups, audit heads and logs is in ${region} of the store of ${store.region}`,
      passed: kept === region,
      answered: kept,
    },
    {
      id: 'transport.storage',
      claim: 'requests to the object store are encrypted',
      passed: encrypted,
      answered: encrypted ? 'https' : 'http',
    },
  ];
}

async function locationOf({ s3 }: Store, Bucket: string, abortSignal: AbortSignal): Promise<string> {
  const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket }), { abortSignal });
  // S3 reports no location for us-east-1, and may report the legacy name EU for eu-west-1.
  if (!LocationConstraint) return 'us-east-1';
  return LocationConstraint === 'EU' ? 'eu-west-1' : LocationConstraint;
}
