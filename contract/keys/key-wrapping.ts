/** Keeper of the key that wraps a tenant's data key: the control plane's key ring, or AWS KMS. */
export type KeyProvider = 'local' | 'aws-kms';

/** Reference to a key that wraps tenants' data keys. The key itself never leaves its provider. */
export interface WrappingKey {
  provider: KeyProvider;
  /** The ring's key id, or the ARN of the tenant's own key. */
  keyId: string;
  /** The region whose settings give access to the key; null for the ring. */
  region: string | null;
}

/** A data key as it is stored. */
export interface WrappedKey extends WrappingKey {
  wrapped: Buffer;
}

/** Wraps and unwraps tenants' data keys. A key wrapped for one tenant cannot be unwrapped for another. */
export interface KeyWrapper {
  /** Wraps a data key of 32 bytes, under the ring's current key unless `under` names another one. Throws {@link KeysUnavailable}. */
  wrap(tenantId: string, dataKey: Buffer, under?: WrappingKey): Promise<WrappedKey>;
  /** The data key; undefined when its wrapping key is destroyed or scheduled for deletion. Throws {@link KeysUnavailable}. */
  unwrap(tenantId: string, key: WrappedKey): Promise<Buffer | undefined>;
}

/** A {@link KeyWrapper} that also manages the wrapping keys. */
export interface KeyKeeper extends KeyWrapper {
  /** Rotates the key material behind a tenant's own key. False when the provider cannot rotate, or no longer rotates, this key. */
  renew(key: WrappingKey): Promise<boolean>;
  /**
   * Schedules the deletion of a tenant's own key. The key unwraps nothing from now on and is gone at the returned time; repeating the call
   * changes nothing. Undefined for the ring's keys, which many tenants share.
   */
  scheduleDeletion(key: WrappingKey): Promise<Date | undefined>;
}

/** The provider of a wrapping key does not answer, or this process has no access to it. Nothing is lost: a later attempt can succeed. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}
