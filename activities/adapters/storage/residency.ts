import { GetBucketLocationCommand } from '@aws-sdk/client-s3';
import { dashName } from '../../../contract/ids';
import type { Check } from '../../check';
import type { Store } from './store';

/** What is asked about a tenant's place in a store. */
export interface BucketPlace {
  tenantId: string;
  /** The bucket for what is kept about the region's tenants. */
  vault: string;
  signal: AbortSignal;
}

/** Asks the store where the tenant's bucket and the region's vault lie. Throws what the client throws. */
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
      claim: `the tenant’s bucket lies in ${region} of the store of ${store.region}`,
      passed: own === region,
      answered: own,
    },
    {
      id: 'residency.vault',
      claim: `what is kept about the tenant – backups, heads of the trail, logs – lies in ${region} of the store of ${store.region}`,
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
  // S3 has no word for its first region, and an old one for its second.
  if (!LocationConstraint) return 'us-east-1';
  return LocationConstraint === 'EU' ? 'eu-west-1' : LocationConstraint;
}
