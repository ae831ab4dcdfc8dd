import { decrypt, encrypt, type KeyRing } from '../../../contract/key-ring';
import type { KeyKeeper } from '../../../contract/key-wrapping';

/** Data keys wrapped by the control plane's own ring: AES-256-GCM, bound to the tenant. The ring's keys are rotated by putting new ones in front. */
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
