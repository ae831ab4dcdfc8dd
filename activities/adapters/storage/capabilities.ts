/** What a tenant's object storage may need of a store. */
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
 * How a capability stands.
 * - `done`: the store does it, and it is set up for every tenant.
 * - `enforced-otherwise`: the store cannot, the effect is reached another way; `reason` says how.
 * - `impossible`: it is not to be had there, and nothing stands in for it; `reason` says why. An order that needs it is refused.
 */
export type CapabilityState = { state: 'done' } | { state: 'enforced-otherwise' | 'impossible'; reason: string };

/** Every capability of one store. */
export type StorageCapabilities = Readonly<Record<StorageCapability, CapabilityState>>;

/** What an order and its plan need of the store. */
export interface StorageNeeds {
  /** `enhanced` means: encrypted by the store under a key of the tenant. */
  encryptionLevel?: 'standard' | 'enhanced' | undefined;
  versioning?: boolean | undefined;
  /** Days. */
  retentionPeriod?: number | undefined;
  quotaGb?: number | undefined;
  accessLogging?: boolean | undefined;
}

/** Why the store cannot serve these needs, one sentence each; empty when it can. */
export function unmetStorageNeeds(capabilities: StorageCapabilities, needs: StorageNeeds): string[] {
  const wanted: [boolean, StorageCapability, string][] = [
    [needs.encryptionLevel === 'enhanced', 'encryptionUnderTenantKey', 'Encryption level "enhanced" cannot be served'],
    [needs.versioning === true, 'versioning', 'Versions of objects cannot be kept'],
    [needs.retentionPeriod !== undefined, 'lifecycle', 'The retention period cannot be kept'],
    [needs.quotaGb !== undefined, 'quota', 'The plan’s storage quota cannot be enforced'],
    [needs.accessLogging === true, 'accessLogging', 'Access to the objects cannot be logged'],
  ];
  return wanted.flatMap(([needed, capability, sentence]) => {
    const entry = capabilities[capability];
    return needed && entry.state === 'impossible' ? [`${sentence}: ${entry.reason}`] : [];
  });
}
