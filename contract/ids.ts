import { randomBytes } from 'node:crypto';

const TENANT_ID = /^[a-z][a-z0-9]{15}$/;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** A new random tenant id: a letter and 15 of `[a-z2-7]` (79 bits). Safe in SQL identifiers and in bucket, host and namespace names. */
export function newTenantId(): string {
  const bytes = randomBytes(16);
  const first = ALPHABET[bytes[0]! % 26]!;
  return first + Array.from(bytes.subarray(1), (byte) => ALPHABET[byte % 32]!).join('');
}

/** A new random operation id, `op_` and 20 of `[a-z2-7]`. */
export function newOperationId(): string {
  return 'op_' + Array.from(randomBytes(20), (byte) => ALPHABET[byte % 32]!).join('');
}

/** Throws unless the value is a tenant id. Every name below is derived through this check, never from a customer's text. */
export function assertTenantId(tenantId: string): string {
  if (!TENANT_ID.test(tenantId)) throw new Error('Not a tenant id: expected a letter and 15 of [a-z0-9].');
  return tenantId;
}

/** The tenant's name at providers that allow `[a-z0-9_]`, for instance PostgreSQL: `t_<tenantId>`. */
export function underscoreName(tenantId: string): string {
  return `t_${assertTenantId(tenantId)}`;
}

/** The tenant's name at providers that allow `[a-z0-9-]`, for instance buckets and namespaces: `t-<tenantId>`. */
export function dashName(tenantId: string): string {
  return `t-${assertTenantId(tenantId)}`;
}

/** The tenant id in a name made by {@link underscoreName} or {@link dashName}, with or without a suffix; undefined for other names. */
export function tenantIdOf(name: string): string | undefined {
  return /^t[_-]([a-z][a-z0-9]{15})(?:$|[_-])/.exec(name)?.[1];
}

/** Each region's permanent probe tenant: verification tries to reach it from a new tenant, and the new tenant from it. */
export const PROBE_TENANT_ID = 'probe00000000000';
