import type { StorageCapabilities } from '../../../contract/orders/storage-capabilities';

/** Capabilities of Versity S3 Gateway 1.7, as observed on the server; the contract tests check them again. */
export const VERSITY_CAPABILITIES: StorageCapabilities = {
  policy: { state: 'done' },
  publicAccessBlock: {
    state: 'enforced-otherwise',
    reason:
      'the bucket policy allows only the tenant’s key, access lists are disabled, and step 9 checks that requests without a key are refused.',
  },
  tagging: { state: 'done' },
  versioning: { state: 'done' },
  lifecycle: {
    state: 'enforced-otherwise',
    reason:
      'Versity S3 Gateway has no lifecycle rules; a Temporal Schedule (workflow `storageUpkeep`) deletes expired versions.',
  },
  quota: {
    state: 'enforced-otherwise',
    reason:
      'Versity S3 Gateway has no bucket quotas (only the limits of its filesystem); a Temporal Schedule (workflow `storageUpkeep`) measures each bucket, and one above its quota can be read and emptied, but not written to.',
  },
  cors: { state: 'done' },
  defaultEncryption: {
    state: 'impossible',
    reason:
      'Versity S3 Gateway has no server-side encryption; its operator can encrypt the filesystem beneath it, but that cannot be verified from here.',
  },
  encryptionUnderTenantKey: {
    state: 'impossible',
    reason:
      'Versity S3 Gateway has no server-side encryption: it accepts an upload with an encryption header but stores the object unencrypted.',
  },
  accessLogging: {
    state: 'impossible',
    reason:
      'Versity S3 Gateway can log access only for the whole server, not per bucket, and whether that log is enabled cannot be queried.',
  },
  objectLock: {
    state: 'impossible',
    reason: 'locked objects could not be removed during compensation, so no bucket is made with object lock.',
  },
};
