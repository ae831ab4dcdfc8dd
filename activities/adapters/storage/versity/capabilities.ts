import type { StorageCapabilities } from '../capabilities';

/** What Versity S3 Gateway 1.7 does, as seen on the server; the contract tests ask it again. */
export const VERSITY_CAPABILITIES: StorageCapabilities = {
  policy: { state: 'done' },
  publicAccessBlock: {
    state: 'enforced-otherwise',
    reason:
      'the bucket policy names the tenant’s key only, access lists are switched off, and the finished tenant is checked without a key.',
  },
  tagging: { state: 'done' },
  versioning: { state: 'done' },
  lifecycle: {
    state: 'enforced-otherwise',
    reason:
      'Versity S3 Gateway has no lifecycle rules; a Temporal Schedule (workflow `tendStorage`) deletes what has expired.',
  },
  quota: {
    state: 'enforced-otherwise',
    reason:
      'Versity S3 Gateway knows no quota of a bucket (only what the filesystem beneath refuses); a Temporal Schedule measures, and a bucket above its quota can be read and emptied, but not written to.',
  },
  cors: { state: 'done' },
  defaultEncryption: {
    state: 'impossible',
    reason:
      'Versity S3 Gateway has no server-side encryption; that the filesystem beneath is encrypted is its operator’s to see to and cannot be asked from here.',
  },
  encryptionUnderTenantKey: {
    state: 'impossible',
    reason:
      'Versity S3 Gateway has no server-side encryption: it accepts the header of an encrypted upload and stores the object in the clear.',
  },
  accessLogging: {
    state: 'impossible',
    reason:
      'Versity S3 Gateway keeps one access log of the whole server, if it is started with one, none of a bucket; whether it is cannot be asked.',
  },
  objectLock: {
    state: 'impossible',
    reason: 'objects under a lock could not be removed when an order is compensated, so no bucket is made with one.',
  },
};
