/** What a tenant's object storage may need of a store. */
export const STORAGE_CAPABILITIES = [
  'versioning',
  'tagging',
  'cors',
  'policy',
  'encryptionUnderTenantKey',
  'lifecycle',
  'publicAccessBlock',
  'quota',
  'objectLock',
  'accessLogging',
] as const;

/** One of {@link STORAGE_CAPABILITIES}. */
export type StorageCapability = (typeof STORAGE_CAPABILITIES)[number];

/**
 * How a capability stands.
 * - `done`: the store does it, and it is set up for every tenant.
 * - `enforced-otherwise`: the store cannot, the effect is reached another way; `reason` says how.
 * - `not-yet`: the store could, or the wish is written down, but nothing enforces it in this version; `reason` says what there is.
 * - `impossible`: the store cannot, and nothing stands in for it; `reason` says why.
 */
export type CapabilityState =
  { state: 'done' } | { state: 'enforced-otherwise' | 'not-yet' | 'impossible'; reason: string };

/** Every capability of one store. */
export type StorageCapabilities = Readonly<Record<StorageCapability, CapabilityState>>;

/** What an order needs of the store. */
export interface StorageNeeds {
  /** `enhanced` means: encrypted by the store under a key of the tenant. */
  encryptionLevel?: 'standard' | 'enhanced' | undefined;
  versioning?: boolean | undefined;
}

/** Why the store cannot serve these needs, one sentence each; empty when it can. */
export function unmetStorageNeeds(capabilities: StorageCapabilities, needs: StorageNeeds): string[] {
  const wanted: [boolean, StorageCapability, string][] = [
    [needs.encryptionLevel === 'enhanced', 'encryptionUnderTenantKey', 'Encryption level "enhanced" cannot be served'],
    [needs.versioning === true, 'versioning', 'Versions of objects cannot be kept'],
  ];
  return wanted.flatMap(([needed, capability, sentence]) => {
    const entry = capabilities[capability];
    if (!needed || entry.state === 'done' || entry.state === 'enforced-otherwise') return [];
    return [`${sentence}: ${entry.reason}`];
  });
}
