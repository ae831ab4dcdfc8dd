import type { StorageCapabilities } from '../capabilities';

/** What Versity S3 Gateway 1.7 does, as seen on the server; the contract tests ask it again. */
export const VERSITY_CAPABILITIES: StorageCapabilities = {
  versioning: { state: 'done' },
  tagging: { state: 'done' },
  cors: { state: 'done' },
  policy: { state: 'done' },
  encryptionUnderTenantKey: {
    state: 'impossible',
    reason:
      'Versity S3 Gateway has no server-side encryption: it accepts the header of an encrypted upload and stores the object in the clear.',
  },
  lifecycle: {
    state: 'not-yet',
    reason:
      'Versity S3 Gateway has no lifecycle rules; the retention period is recorded with the order, nothing expires objects.',
  },
  publicAccessBlock: {
    state: 'enforced-otherwise',
    reason:
      'the bucket policy names the tenant’s key only, access lists are switched off, and the finished tenant is checked without a key.',
  },
  quota: {
    state: 'not-yet',
    reason: 'Versity S3 Gateway knows no quota of a bucket; the template’s size is recorded, nothing enforces it.',
  },
  objectLock: {
    state: 'not-yet',
    reason: 'objects under a lock could not be removed when an order is compensated, so no bucket is made with one.',
  },
  accessLogging: {
    state: 'not-yet',
    reason:
      'Versity S3 Gateway writes one access log of the whole server, if it is started with one; none of a bucket.',
  },
};
