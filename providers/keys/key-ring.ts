import { decrypt, encrypt, type KeyRing } from '../../contract/keys/key-ring';
import type { KeyKeeper } from '../../contract/keys/key-wrapping';

/**
 * Wraps data keys with the control plane's own key ring: AES-256-GCM, bound to the tenant. The ring's keys are rotated by putting a new one
 * in front.
 */
export function createRingKeeper(ring: KeyRing): KeyKeeper {
  return {
    wrap: async (tenantId, dataKey) => ({
      provider: 'local',
      keyId: ring.current,
      region: null,
      wrapped: encrypt(ring.key(ring.current), dataKey, contextOf(tenantId)),
    }),
    unwrap: async (tenantId, { keyId, wrapped }) => decrypt(ring.key(keyId), wrapped, contextOf(tenantId)),
    renew: async () => false,
    scheduleDeletion: async () => undefined,
  };
}

function contextOf(tenantId: string): string {
  return `tenant-key:${tenantId}`;
}
