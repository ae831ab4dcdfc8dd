/** Who keeps the key that wraps a tenant's data key: the control plane's key ring, or AWS KMS. */
export type KeyProvider = 'local' | 'aws-kms';

/** A key that wraps tenants' data keys. It is named here and never leaves its provider. */
export interface WrappingKey {
  provider: KeyProvider;
  /** The ring's key id, or the ARN of the tenant's own key. */
  keyId: string;
  /** The region through whose settings the key is reached; null for the ring. */
  region: string | null;
}

/** A data key as it is stored. */
export interface WrappedKey extends WrappingKey {
  wrapped: Buffer;
}

/** Wraps tenants' data keys and opens them again. What is wrapped for one tenant cannot be opened for another. */
export interface KeyWrapper {
  /** Wraps a data key of 32 bytes; under the ring's current key unless another one is given. Throws {@link KeysUnavailable}. */
  wrap(tenantId: string, dataKey: Buffer, under?: WrappingKey): Promise<WrappedKey>;
  /** The data key; undefined when the key that wraps it was destroyed, or is about to be. Throws {@link KeysUnavailable}. */
  unwrap(tenantId: string, key: WrappedKey): Promise<Buffer | undefined>;
}

/** A {@link KeyWrapper} that can also see to the wrapping keys themselves. */
export interface KeyKeeper extends KeyWrapper {
  /** Has the provider put new material behind a tenant's own key, where it does such a thing. False where it does not, or not any more. */
  renew(key: WrappingKey): Promise<boolean>;
  /**
   * Begins the end of a tenant's own key: it opens nothing from now on and is gone at the time returned. Asking again changes nothing.
   * Undefined for the ring's keys, which are many tenants'.
   */
  scheduleDeletion(key: WrappingKey): Promise<Date | undefined>;
}

/** The provider of a wrapping key gives no answer, or this process cannot ask it. Nothing is lost: what is asked again later can succeed. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}
