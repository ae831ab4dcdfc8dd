/** Capabilities of a store that a tenant's object storage may need. */
export const STORAGE_CAPABILITIES = [
  'policy',
  'publicAccessBlock',
  'tagging',
  'versioning',
  'lifecycle',
  'quota',
  'cors',
  'defaultEncryption',
  'encryptionUnderTenantKey',
  'accessLogging',
  'objectLock',
] as const;

/** One of {@link STORAGE_CAPABILITIES}. */
export type StorageCapability = (typeof STORAGE_CAPABILITIES)[number];

/**
 * Support for a capability.
 * - `done`: the store supports it, and it is set up for every tenant.
 * - `enforced-otherwise`: the store does not support it, but the same effect is achieved in another way; `reason` says how.
 * - `impossible`: the store does not support it, and nothing replaces it; `reason` says why. An order that needs it is refused.
 */
export type CapabilityState = { state: 'done' } | { state: 'enforced-otherwise' | 'impossible'; reason: string };

/** Every capability of one store. */
export type StorageCapabilities = Readonly<Record<StorageCapability, CapabilityState>>;

/** An order's and its plan's needs of the store. */
export interface StorageNeeds {
  /** `enhanced`: encrypted by the store under a key of the tenant. */
  encryptionLevel?: 'standard' | 'enhanced' | undefined;
  versioning?: boolean | undefined;
  /** Days. */
  retentionPeriod?: number | undefined;
  quotaGb?: number | undefined;
  accessLogging?: boolean | undefined;
}

/** One sentence for each need that the store cannot serve, with the reason; empty if it can serve all. */
export function unmetStorageNeeds(capabilities: StorageCapabilities, needs: StorageNeeds): string[] {
  const wanted: [boolean, StorageCapability, string][] = [
    [needs.encryptionLevel === 'enhanced', 'encryptionUnderTenantKey', 'Encryption level "enhanced" cannot be served'],
    [needs.versioning === true, 'versioning', 'Object versions cannot be kept'],
    [needs.retentionPeriod !== undefined, 'lifecycle', 'The retention period cannot be kept'],
    [needs.quotaGb !== undefined, 'quota', 'The plan’s storage quota cannot be enforced'],
    [needs.accessLogging === true, 'accessLogging', 'Access to the objects cannot be logged'],
  ];
  return wanted.flatMap(([needed, capability, sentence]) => {
    const entry = capabilities[capability];
    return needed && entry.state === 'impossible' ? [`${sentence}: ${entry.reason}`] : [];
  });
}
