import type { StorageCapabilities } from '../capabilities';

/** What this adapter sets up at AWS. */
export const AWS_CAPABILITIES: StorageCapabilities = {
  policy: { state: 'done' },
  publicAccessBlock: { state: 'done' },
  tagging: { state: 'done' },
  versioning: { state: 'done' },
  lifecycle: { state: 'done' },
  quota: {
    state: 'enforced-otherwise',
    reason:
      'S3 knows no quota of a bucket; a Temporal Schedule (workflow `tendStorage`) measures, and a bucket above its quota can be read and emptied, but not written to.',
  },
  cors: { state: 'done' },
  defaultEncryption: { state: 'done' },
  encryptionUnderTenantKey: { state: 'done' },
  // Into the region's vault, below `logs/`.
  accessLogging: { state: 'done' },
  objectLock: {
    state: 'impossible',
    reason: 'objects under a lock could not be removed when an order is compensated, so no bucket is made with one.',
  },
};
