import type { StorageCapabilities } from '../../../contract/orders/storage-capabilities';

/** Capabilities of AWS, as this adapter sets them up. */
export const AWS_CAPABILITIES: StorageCapabilities = {
  policy: { state: 'done' },
  publicAccessBlock: { state: 'done' },
  tagging: { state: 'done' },
  versioning: { state: 'done' },
  lifecycle: { state: 'done' },
  quota: {
    state: 'enforced-otherwise',
    reason:
      'S3 has no bucket quotas; a Temporal Schedule (workflow `storageUpkeep`) measures each bucket, and one above its quota can be read and emptied, but not written to.',
  },
  cors: { state: 'done' },
  defaultEncryption: { state: 'done' },
  encryptionUnderTenantKey: { state: 'done' },
  // Logs go to the region's vault, below `logs/`.
  accessLogging: { state: 'done' },
  objectLock: {
    state: 'impossible',
    reason: 'locked objects could not be removed during compensation, so no bucket is made with object lock.',
  },
};
