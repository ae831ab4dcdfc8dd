import type { StorageCapabilities } from '../capabilities';

/** What this adapter sets up at AWS. */
export const AWS_CAPABILITIES: StorageCapabilities = {
  versioning: { state: 'done' },
  tagging: { state: 'done' },
  cors: { state: 'done' },
  policy: { state: 'done' },
  encryptionUnderTenantKey: {
    state: 'not-yet',
    reason:
      'at AWS objects are encrypted with keys of S3; keys of the tenant’s own (KMS) are not made by this version.',
  },
  // Uploads that were never finished end after seven days; objects do not expire.
  lifecycle: { state: 'done' },
  publicAccessBlock: { state: 'done' },
  quota: {
    state: 'not-yet',
    reason: 'S3 knows no quota of a bucket; the template’s size is recorded, nothing enforces it.',
  },
  objectLock: {
    state: 'not-yet',
    reason: 'objects under a lock could not be removed when an order is compensated, so no bucket is made with one.',
  },
  accessLogging: { state: 'not-yet', reason: 'no bucket for access logs is configured for a region.' },
};
